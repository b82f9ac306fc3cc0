__dual_before_file
if [[ -r ${ZDOTDIR:-$HOME}/.zlogin ]]; then source "${ZDOTDIR:-$HOME}/.zlogin"; fi
__dual_after_file .zlogin
__dual_watch_managers
