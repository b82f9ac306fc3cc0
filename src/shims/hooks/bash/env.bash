# BASH_ENV in a workspace: what bash reads before a script or `bash -c`, after the profile of `bash -lc`.
# Errors and the trace of `bash -x` are for what the user has written only.

{ [[ -z ${DUAL_BASH_ENV-} ]] || eval "__dual_file=\"$DUAL_BASH_ENV\""; } 2>/dev/null
{ [[ -z ${__dual_file-} || ! -r $__dual_file ]]; } 2>/dev/null || source "$__dual_file"

{
  unset __dual_file
  if [[ -n ${DUAL_SHIMS-} && -d $DUAL_SHIMS/bin && -z ${DUAL_BYPASS-} ]]; then
    __dual_hooks=${BASH_SOURCE[0]%/*/*}
    source "$__dual_hooks/workspace.sh"
    source "$__dual_hooks/bash/script.bash"
  fi
} 2>/dev/null
