# For `bash --rcfile`: the user's own rc file, then the hooks.

if [[ -r ~/.bashrc ]]; then source ~/.bashrc; fi
__dual_hooks=${BASH_SOURCE[0]%/*/*} __dual_users_trap=$(trap -p DEBUG)
source "$__dual_hooks/bash/interactive.bash"
