# `kill` in bash and zsh: a numeric pid goes to the workspace's own kill, which knows whose it is; jobs stay with the shell.
# It stands by itself: a tool that saves a shell's functions for another shell takes it along without the rest.

function kill {
  local all options jobs pids numeric='' here id failed=0 sent=''
  all=("$@") options=() jobs=() pids=()
  here=$(builtin pwd -P 2>/dev/null)
  if [[ -z ${__dual_worktree-} || $here/ != "$__dual_worktree"/* || ! -x ${DUAL_SHIMS-}/bin/kill ]]; then
    builtin kill "$@"
    return
  fi
  while [[ $# -gt 0 ]]; do
    case $1 in
      -l* | -L | --help | --version) builtin kill "${all[@]}"; return ;;
      -s | -n) options+=("$1" "${2-}"); shift; if [[ $# -eq 0 ]]; then break; fi ;;
      --) shift; break ;;
      -*) if [[ ${#options[@]} -gt 0 ]]; then break; fi; options+=("$1") ;;
      *) break ;;
    esac
    shift
  done
  for id in "$@"; do
    case $id in
      # 0 is the group of the shell itself, which another process is not in.
      %* | 0) jobs+=("$id") ;;
      *) pids+=("$id"); if [[ ${id#-} != '' && ${id#-} != *[!0-9]* ]]; then numeric=yes; fi ;;
    esac
  done
  if [[ -z $numeric ]]; then builtin kill "${all[@]}"; return; fi
  if [[ ${#jobs[@]} -eq 0 ]]; then "$DUAL_SHIMS/bin/kill" "${all[@]}"; return; fi
  if builtin kill ${options[@]+"${options[@]}"} "${jobs[@]}"; then sent=yes; else failed=1; fi
  if "$DUAL_SHIMS/bin/kill" ${options[@]+"${options[@]}"} -- "${pids[@]}"; then sent=yes; else failed=1; fi
  # bash is content with one that was reached.
  if [[ -n $sent && -n ${BASH_VERSION-} ]]; then return 0; fi
  return $failed
}
