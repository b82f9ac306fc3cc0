# For ~/.bashrc, at its end: eval "$(dual hook bash)"
if [[ $- == *i* && -r @HOOKS@/bash/interactive.bash && -z ${__dual_index-} ]]; then
  __dual_hooks=@HOOKS@ __dual_index=@INDEX@ __dual_users_trap=$(trap -p DEBUG)
  source "$__dual_hooks/bash/interactive.bash"
fi
