# What comes before and after each of the user's start-up files. For zsh.

source "$__dual_hooks/workspace.sh"
source "$__dual_hooks/zsh/guard.zsh"

# The file after which no other is read.
__dual_last_file() {
  if [[ -o login ]]; then REPLY=.zlogin
  elif [[ -o interactive ]]; then REPLY=.zshrc
  else REPLY=.zshenv
  fi
}

__dual_before_file() { __dual_users_zdotdir }

__dual_after_file() {
  local REPLY
  # The user's files may have chosen another.
  __dual_remember_zdotdir
  __dual_last_file
  if [[ $1 != $REPLY ]]; then
    export ZDOTDIR=$__dual_zdotdir
    return 0
  fi
  __dual_start
  if [[ -o interactive ]]; then
    source "$__dual_hooks/zsh/prompt.zsh"
    __dual_prepare_prompt
  fi
  if [[ -n ${ZSH_EXECUTION_STRING+set} || ! -o interactive ]]; then
    source "$__dual_hooks/zsh/script.zsh"
    __dual_prepare_script
  fi
}
