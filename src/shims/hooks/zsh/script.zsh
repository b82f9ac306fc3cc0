# For a zsh that runs a script or `zsh -c`, when it is in the worktree or is told to go there.

__dual_script_limit=65536

__dual_script_reorders() {
  local LC_ALL=C text=''
  if [[ -n ${ZSH_EXECUTION_STRING+set} ]]; then text=$ZSH_EXECUTION_STRING
  elif [[ ! -o shin_stdin && -f $ZSH_ARGZERO && -r $ZSH_ARGZERO ]]; then
    # A longer script is taken for one that changes PATH.
    IFS= read -r -u 0 -k $__dual_script_limit text <$ZSH_ARGZERO
    if [[ ${#text} -ge $__dual_script_limit ]]; then return 0; fi
  else
    return 0
  fi
  __dual_may_reorder $text
}

__dual_prepare_script() {
  if ! __dual_needs_users_zdotdir ${ZSH_EXECUTION_STRING-}; then __dual_childrens_zdotdir; else __dual_users_zdotdir; fi
  if [[ -z $__dual_worktree ]]; then return 0; fi
  if ! __dual_is_within && [[ ${ZSH_EXECUTION_STRING-} != *$__dual_worktree* ]]; then return 0; fi
  __dual_in_front
  __dual_define_kill
  if __dual_script_reorders; then __dual_trap; fi
}
