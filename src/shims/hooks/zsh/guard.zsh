# Puts the shims in front again before the next command, when a command has changed PATH; and whose ZDOTDIR is in force. For zsh.

# Costs a comparison for each command, and touches neither $? nor $_.
__dual_test='[[ ${PATH-} == "${__dual_first-}"* && $ZSH_DEBUG_CMD != set* ]] || __dual_guard "$_"'
# Nothing of it shows in the trace of `set -x`.
__dual_quiet_test="{ $__dual_test } 2>/dev/null"

__dual_trap() {
  if [[ -o xtrace ]]; then trap $__dual_quiet_test DEBUG; else trap $__dual_test DEBUG; fi
}

__dual_guard() {
  if [[ $ZSH_DEBUG_CMD == (set*x*|setopt*xtrace*) ]]; then trap $__dual_quiet_test DEBUG; fi
  __dual_again
}

__dual_again() {
  if [[ ${PATH-} != "$__dual_first"* ]] && __dual_is_within; then __dual_in_front; fi
}

# ZDOTDIR as the user has it, for what runs in this shell: compinit, the user's own files.
__dual_users_zdotdir() {
  if [[ -z ${__dual_user_zdotdir+set} ]]; then
    unset ZDOTDIR
  elif [[ -n ${DUAL_ZDOTDIR+set} ]]; then
    export ZDOTDIR=$__dual_user_zdotdir
  else
    typeset -g +x ZDOTDIR=$__dual_user_zdotdir
  fi
}

# ZDOTDIR for zsh that is started from here, which is told the user's when the user has exported it.
__dual_childrens_zdotdir() { export ZDOTDIR=$__dual_zdotdir }

__dual_remember_zdotdir() {
  if [[ ${ZDOTDIR-} == $__dual_zdotdir ]]; then return 0; fi
  unset __dual_user_zdotdir
  if [[ -z ${ZDOTDIR+set} ]]; then
    unset DUAL_ZDOTDIR
    return 0
  fi
  typeset -g __dual_user_zdotdir=$ZDOTDIR
  if [[ ${(t)ZDOTDIR} == *export* ]]; then export DUAL_ZDOTDIR=$ZDOTDIR; else unset DUAL_ZDOTDIR; fi
}

# __dual_needs_users_zdotdir TEXT: does it look at ZDOTDIR in this shell?
__dual_needs_users_zdotdir() {
  [[ $1 == (*ZDOTDIR*|*compinit*|*compaudit*|*compdump*|omz *|zinit *|antigen *) ]] ||
    [[ " $1" == *[[:space:]\;\&\|\(\{\\](source|.)[[:space:]]*.z(shrc|shenv|profile|login)* ]]
}
