# Puts the shims in front again before the next command, when a command has changed PATH. For bash.

# __dual_trap [CONDITION]: costs a comparison for each command, and touches neither $? nor $_. The second pattern is for `set` and `trap`.
__dual_trap() {
  __dual_test='[[ ${PATH-} == "${__dual_first-}"* && $BASH_COMMAND != [st][er][at]*'
  __dual_test="$__dual_test ${1-} ]] || __dual_guard \"\$_\""
  # Nothing of it shows in the trace of `set -x`.
  __dual_quiet_test="{ $__dual_test; } 2>/dev/null"
  case $- in
    *x*) trap "$__dual_quiet_test" DEBUG ;;
    *) trap "$__dual_test" DEBUG ;;
  esac
}

__dual_guard() {
  # Or the subshells below would be guarded as well, and theirs.
  local traced=''
  case $- in *T*) traced=yes; set +T ;; esac
  case $BASH_COMMAND in
    # Only ours is for functions and subshells; those of the script are not unless it says so.
    trap\ *DEBUG* | trap\ *RETURN*) traced='' ;;
    set\ *x*) trap "$__dual_quiet_test" DEBUG ;;
  esac
  case $- in
    *i*) __dual_look ;;
    *) if [[ ${PATH-} != "$__dual_first"* ]] && __dual_is_within; then __dual_in_front; fi ;;
  esac
  if [[ -n $traced ]]; then set -T; fi
}
