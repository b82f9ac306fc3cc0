# For `bash --rcfile`, in place of a login shell, after whose files nothing could be hooked: reads what a login shell reads, then the hooks.

if [[ -r /etc/profile ]]; then source /etc/profile; fi
for __dual_file in ~/.bash_profile ~/.bash_login ~/.profile; do
  if [[ -r $__dual_file ]]; then
    source "$__dual_file"
    break
  fi
done
unset __dual_file
__dual_hooks=${BASH_SOURCE[0]%/*/*} __dual_users_trap=$(trap -p DEBUG)
source "$__dual_hooks/bash/interactive.bash"
