# For a zsh that the user has hooked. One that has been started in a workspace's environment is hooked by its start-up files, after this.

if [[ -z ${__dual_zdotdir-} && -z ${DUAL_BYPASS-} ]]; then
  source "$__dual_hooks/workspace.sh"
  source "$__dual_hooks/zsh/guard.zsh"
  source "$__dual_hooks/zsh/prompt.zsh"
  __dual_zdotdir=$__dual_hooks/zsh
  __dual_remember_zdotdir
  if [[ -n ${DUAL_SHIMS-} ]]; then __dual_start
  else __dual_shims='' __dual_first='' __dual_worktree='' __dual_home='' __dual_pwd='' __dual_cwd=''
  fi
  __dual_prepare_prompt
fi
