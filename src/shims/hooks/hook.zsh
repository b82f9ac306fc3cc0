# For ~/.zshrc, at its end: eval "$(dual hook zsh)"
if [[ -o interactive && -r @HOOKS@/zsh/hook.zsh ]]; then
  __dual_hooks=@HOOKS@
  if [[ -z ${__dual_index-} ]]; then __dual_index=@INDEX@; fi
  source "$__dual_hooks/zsh/managers.zsh"
  emulate zsh -o no_aliases -c 'source "$__dual_hooks/zsh/hook.zsh"'
  __dual_watch_managers
fi
