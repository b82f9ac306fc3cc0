# For a bash at a terminal: each prompt looks where it is. __dual_hooks is set, and __dual_index where no workspace's environment is, and
# __dual_users_trap to what `trap -p DEBUG` says, which in a file that is sourced says nothing.

# Aliases of the user's must not get into the functions.
__dual_aliases=''
if shopt -q expand_aliases; then __dual_aliases=yes; fi
shopt -u expand_aliases
source "$__dual_hooks/workspace.sh"
source "$__dual_hooks/bash/guard.bash"
if [[ -n $__dual_aliases ]]; then shopt -s expand_aliases; fi

__dual_prompt() {
  local status=$?
  { __dual_look; } 2>/dev/null
  return $status
}

# Last, so that what others do to PATH at the prompt is done.
__dual_add_to_prompt() {
  if [[ " ${PROMPT_COMMAND[*]-} " == *__dual_prompt* ]]; then return 0; fi
  if [[ ${#PROMPT_COMMAND[@]} -gt 1 ]]; then PROMPT_COMMAND+=(__dual_prompt)
  elif [[ -n ${PROMPT_COMMAND-} ]]; then PROMPT_COMMAND+=$'\n__dual_prompt'
  else PROMPT_COMMAND=__dual_prompt
  fi
}

if [[ -z ${DUAL_BYPASS-} ]]; then
  if [[ -n ${DUAL_SHIMS-} ]]; then
    __dual_start
  else
    __dual_shims='' __dual_first='' __dual_worktree='' __dual_home='' __dual_pwd='' __dual_cwd=''
  fi
  __dual_look
  __dual_add_to_prompt
  # A user's trap is left alone: then a line such as `nvm use; node` is put right at the next prompt.
  if [[ -z $__dual_users_trap ]]; then __dual_trap '&& $PWD == "${__dual_pwd-}"'; fi
  # Or a program of a workspace that has gone would be remembered where it was.
  shopt -s checkhash
fi
unset __dual_users_trap __dual_aliases
