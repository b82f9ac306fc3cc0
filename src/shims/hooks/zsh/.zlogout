__dual_before_file
if [[ -r ${ZDOTDIR:-$HOME}/.zlogout ]]; then source "${ZDOTDIR:-$HOME}/.zlogout"; fi
