# ENV in a workspace: what sh, dash and ksh read at a terminal, and no other time. The user's own comes first.

if [ -n "${DUAL_ENV-}" ]; then
  eval "__dual_file=\"$DUAL_ENV\""
  if [ -r "$__dual_file" ]; then . "$__dual_file"; fi
  unset __dual_file
fi
if [ -n "${DUAL_SHIMS-}" ] && [ -d "$DUAL_SHIMS/bin" ] && [ -z "${DUAL_BYPASS-}" ]; then
  case $PATH in
    "$DUAL_SHIMS/bin:"*) ;;
    *) PATH=$DUAL_SHIMS/bin:$PATH ;;
  esac
  # A command that this shell becomes has its process number: so the shims know that a shell was given it.
  DUAL_SHELL=$$
  export DUAL_SHELL
  # Jobs and lists of signals are the shell's, pids go to the workspace's own kill, which knows whose they are.
  kill() {
    case " $* " in
      *' %'* | *' -l '* | *' -L '* | *' 0 '*) command kill "$@" ;;
      *' '[0-9]*) if [ -x "${DUAL_SHIMS-}/bin/kill" ]; then "$DUAL_SHIMS/bin/kill" "$@"; else command kill "$@"; fi ;;
      *' -'*' -'[0-9]*) if [ -x "${DUAL_SHIMS-}/bin/kill" ]; then "$DUAL_SHIMS/bin/kill" "$@"; else command kill "$@"; fi ;;
      *) command kill "$@" ;;
    esac
  }
fi
