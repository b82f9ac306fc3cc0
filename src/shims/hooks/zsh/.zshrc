# What /etc/zshrc made of ZDOTDIR.
if [[ ${HISTFILE-} == "$__dual_zdotdir"/* ]]; then HISTFILE=${__dual_user_zdotdir:-$HOME}/${HISTFILE:t}; fi
__dual_before_file
if [[ -r ${ZDOTDIR:-$HOME}/.zshrc ]]; then source "${ZDOTDIR:-$HOME}/.zshrc"; fi
__dual_after_file .zshrc
__dual_watch_managers
