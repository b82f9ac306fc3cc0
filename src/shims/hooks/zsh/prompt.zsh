# For a zsh at a terminal: each prompt looks where it is.

# Before each prompt. Last, so that what others do to PATH at the prompt is done.
__dual_precmd() {
  if [[ -n ${__dual_trapped-} ]]; then trap - DEBUG; fi
  __dual_trapped=''
  if [[ $precmd_functions[-1] != __dual_precmd ]]; then
    precmd_functions=(${precmd_functions:#__dual_precmd} __dual_precmd)
  fi
  if [[ -n ${__dual_zdotdir-} && -n $__dual_shims ]]; then
    __dual_remember_zdotdir
    __dual_look 2>/dev/null
    if [[ -n $__dual_shims ]]; then __dual_users_zdotdir; fi
  else
    __dual_look 2>/dev/null
  fi
}

# Before each line, whose text is $3.
__dual_preexec() {
  if [[ -z $__dual_shims ]]; then return 0; fi
  if ! __dual_needs_users_zdotdir $3; then
    __dual_remember_zdotdir
    __dual_childrens_zdotdir
  fi
  # Not always: the functions of prompts and completions would be slowed down.
  if __dual_may_reorder $3 && [[ -z $(trap) ]]; then
    __dual_trap
    __dual_trapped=yes
  fi
}

__dual_prepare_prompt() {
  typeset -ga precmd_functions preexec_functions chpwd_functions
  precmd_functions=(${precmd_functions:#__dual_*} __dual_watch_managers __dual_precmd)
  chpwd_functions=(${chpwd_functions:#__dual_look} __dual_look)
  preexec_functions=(${preexec_functions:#__dual_preexec} __dual_preexec)
  __dual_look
  if [[ -n ${__dual_zdotdir-} ]]; then __dual_users_zdotdir; fi
}
