# Which workspace a directory belongs to, and its shims in front of PATH. For bash 3.2 and newer and for zsh; builtins only.
#
# __dual_hooks     directory of the hooks
# __dual_index     file with lines WORKTREE<TAB>DIR, one for each workspace
# __dual_home      DIR of the workspace whose pane this is: in force wherever no other is
# __dual_shims     DIR in force, or nothing
# __dual_first     what PATH has to begin with, or nothing
# __dual_worktree  the worktree of the workspace in force

# For a shell that has been started in a workspace's environment.
__dual_start() {
  __dual_shims=$DUAL_SHIMS __dual_first=$DUAL_SHIMS/bin: __dual_pwd='' __dual_cwd=''
  __dual_index=${DUAL_SHIMS%/*}/index
  # A hook that has entered it leaves it as well; in a pane nothing is left.
  __dual_home=''
  if [[ -z ${DUAL_ENTERED-} ]]; then __dual_home=$DUAL_SHIMS; fi
  __dual_say_shell
  __dual_read "$DUAL_SHIMS"
}

# A command that this shell becomes, as in `bash -c 'exec node x.js'`, has its process number: so the shims know that a shell was given it.
__dual_say_shell() { export DUAL_SHELL=$$; }

# __dual_read DIR: sets __dual_worktree and __dual_name
__dual_read() {
  local line
  __dual_worktree='' __dual_name=''
  if [[ ! -r $1/workspace ]]; then return 1; fi
  while IFS= read -r line; do
    case $line in
      worktree\ *) __dual_worktree=${line#worktree } ;;
      name\ *) __dual_name=${line#name } ;;
    esac
  done <"$1/workspace"
  [[ -n $__dual_worktree ]]
}

# Without links; a process is forked only when the directory has changed.
__dual_where() {
  if [[ -n $__dual_pwd && $PWD == "$__dual_pwd" ]]; then return 0; fi
  __dual_pwd=$PWD
  __dual_cwd=$(builtin pwd -P 2>/dev/null) || __dual_cwd=''
}

# In a script; a link that leads out is for the shims to see.
__dual_is_within() {
  if [[ -n $__dual_worktree && $PWD/ == "$__dual_worktree"/* ]]; then return 0; fi
  __dual_where
  [[ -n $__dual_worktree && $__dual_cwd/ == "$__dual_worktree"/* ]]
}

__dual_in_front() {
  if [[ -z $__dual_first || -z ${PATH+set} || $PATH == "$__dual_first"* || ! -d ${__dual_first%:} ]]; then return 0; fi
  __dual_set_path "${__dual_first%:}"
}

# __dual_set_path [FIRST]: PATH without the shims of any workspace, after FIRST
__dual_set_path() {
  local rest="$PATH:" entry new='' root=${__dual_index%/*}
  while [[ -n $rest ]]; do
    entry=${rest%%:*}
    rest=${rest#*:}
    case $entry in
      "$root"/*/bin) ;;
      *) new="$new:$entry" ;;
    esac
  done
  new=${1-}$new
  if [[ -z ${1-} ]]; then new=${new#:}; fi
  # In a restricted shell, or with a readonly PATH, an assignment would end the script.
  if (PATH=$new) 2>/dev/null; then PATH=$new; else __dual_first=''; fi
}

# Takes the workspace of the current directory into force. For prompts.
__dual_look() {
  local line tab=$'\t' place worktree='' found=$__dual_home
  if [[ -n ${DUAL_BYPASS-} ]]; then return 0; fi
  __dual_where
  if [[ -n $__dual_cwd && -r $__dual_index ]]; then
    while IFS= read -r line; do
      place=${line%%"$tab"*}
      # Of nested ones the innermost.
      if [[ $__dual_cwd/ == "$place"/* && ${#place} -gt ${#worktree} ]]; then
        worktree=$place found=${line#*"$tab"}
      fi
    done <"$__dual_index"
  fi
  if [[ -n $found && ! -d $found/bin ]]; then found=''; fi
  if [[ $found == "$__dual_shims" && ( -z $found || ${DUAL_SHIMS-} == "$found" ) ]]; then __dual_in_front
  elif [[ -z $found ]]; then __dual_leave
  else __dual_enter "$found"
  fi
  if __dual_is_within; then __dual_define_kill; else __dual_undefine_kill; fi
}

__dual_enter() {
  if ! __dual_read "$1"; then return 0; fi
  if [[ -z ${DUAL_SHIMS-} ]]; then
    if [[ -n ${BASH_ENV+set} ]]; then export DUAL_BASH_ENV="$BASH_ENV"; fi
    if [[ -n ${ENV+set} ]]; then export DUAL_ENV="$ENV"; fi
    if [[ -n ${ZDOTDIR+set} ]]; then export DUAL_ZDOTDIR="$ZDOTDIR"; fi
    if [[ -n ${XDG_DATA_DIRS+set} ]]; then export DUAL_XDG_DATA_DIRS="$XDG_DATA_DIRS"; fi
    export BASH_ENV="$__dual_hooks/bash/env.bash" ENV="$__dual_hooks/posix/env.sh" ZDOTDIR="$__dual_hooks/zsh"
    export XDG_DATA_DIRS="$__dual_hooks/fish:${XDG_DATA_DIRS:-/usr/local/share:/usr/share}" DUAL_ENTERED=1
    # The shims are Perl, which complains of a locale that the host does not have where other programs do not.
    if [[ -z ${PERL_BADLANG+set} ]]; then export PERL_BADLANG=0 DUAL_BADLANG=1; fi
  fi
  export DUAL_SHIMS="$1" DUAL_WORKSPACE="$__dual_name"
  __dual_say_shell
  __dual_shims=$1 __dual_first=$1/bin:
  __dual_in_front
}

__dual_leave() {
  __dual_shims='' __dual_first='' __dual_worktree='' __dual_home=''
  if [[ -n ${PATH+set} ]]; then __dual_set_path; fi
  unset DUAL_SHIMS DUAL_WORKSPACE DUAL_SHELL DUAL_ENTERED BASH_ENV ENV ZDOTDIR XDG_DATA_DIRS
  if [[ -n ${DUAL_BADLANG-} ]]; then unset PERL_BADLANG DUAL_BADLANG; fi
  if [[ -n ${DUAL_BASH_ENV+set} ]]; then export BASH_ENV="$DUAL_BASH_ENV"; fi
  if [[ -n ${DUAL_ENV+set} ]]; then export ENV="$DUAL_ENV"; fi
  if [[ -n ${DUAL_ZDOTDIR+set} ]]; then export ZDOTDIR="$DUAL_ZDOTDIR"; fi
  if [[ -n ${DUAL_XDG_DATA_DIRS+set} ]]; then export XDG_DATA_DIRS="$DUAL_XDG_DATA_DIRS"; fi
  unset DUAL_BASH_ENV DUAL_ENV DUAL_ZDOTDIR DUAL_XDG_DATA_DIRS
}

# Unless the user has one.
__dual_define_kill() {
  if [[ -n ${__dual_has_kill-} ]] || typeset -f kill >/dev/null; then return 0; fi
  source "$__dual_hooks/kill.sh"
  __dual_has_kill=yes
}

__dual_undefine_kill() {
  if [[ -n ${__dual_has_kill-} ]]; then unset -f kill; fi
  __dual_has_kill=''
}

# __dual_may_reorder TEXT: can a script of that text change PATH between two of its commands?
__dual_may_reorder() {
  case " $1" in
    *PATH* | *path* | *source* | *eval* | *[[:space:]\;\&\|\(\{\\].[[:space:]]* | *activate* | *module*) return 0 ;;
    *nvm* | *fnm* | *asdf* | *mise* | *rtx* | *env\ * | *conda* | *mamba* | *volta* | *sdk*) return 0 ;;
  esac
  return 1
}
