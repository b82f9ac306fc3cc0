__dual_before_file
if [[ -r ${ZDOTDIR:-$HOME}/.zprofile ]]; then source "${ZDOTDIR:-$HOME}/.zprofile"; fi
__dual_after_file .zprofile
__dual_watch_managers
