# For a bash that runs a script or `bash -c`, when it is in the worktree or is told to go there.

# A longer script is taken for one that changes PATH.
__dual_script_limit=65536

__dual_script_reorders() {
  local LC_ALL=C text=''
  if [[ -n ${BASH_EXECUTION_STRING+set} ]]; then text=$BASH_EXECUTION_STRING
  elif [[ $- != *s* && -f $0 && -r $0 ]]; then
    IFS= read -r -d '' -n "$__dual_script_limit" text <"$0"
    if [[ ${#text} -ge $__dual_script_limit ]]; then return 0; fi
  else
    return 0
  fi
  __dual_may_reorder "$text"
}

__dual_start
if [[ -n $__dual_worktree ]] && { __dual_is_within || [[ ${BASH_EXECUTION_STRING-} == *"$__dual_worktree"* ]]; }; then
  __dual_in_front
  __dual_define_kill
  if __dual_script_reorders; then
    source "$__dual_hooks/bash/guard.bash"
    # Functions and subshells too.
    set -T
    __dual_trap
  fi
fi
