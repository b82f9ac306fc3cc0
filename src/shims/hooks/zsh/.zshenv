# ZDOTDIR in a workspace. zsh reads its start-up files from here, each of which reads the user's of that name with the user's own ZDOTDIR in
# force. When the last has been read the shims are put in front, and ZDOTDIR is the user's.

__dual_zdotdir=$ZDOTDIR
if [[ -n ${DUAL_ZDOTDIR+set} ]]; then ZDOTDIR=$DUAL_ZDOTDIR; else unset ZDOTDIR; fi
if [[ -r ${ZDOTDIR:-$HOME}/.zshenv ]]; then source "${ZDOTDIR:-$HOME}/.zshenv"; fi
# Without these hooks zsh finds the user's other files by itself.
if [[ -n ${DUAL_SHIMS-} && -d $DUAL_SHIMS/bin && -z ${DUAL_BYPASS-} ]]; then
  __dual_hooks=${__dual_zdotdir:h}
  emulate zsh -o no_aliases -c 'source "$__dual_hooks/zsh/startup.zsh"'
  source "$__dual_hooks/zsh/managers.zsh"
  __dual_after_file .zshenv
  __dual_watch_managers
else
  unset __dual_zdotdir
fi
