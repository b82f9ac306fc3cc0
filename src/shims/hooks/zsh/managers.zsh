# zsh has no trap between the commands of `nvm use && node -v`, so the functions of version managers put the shims in front at their end.
# Not under an emulation of its own, since what it defines would be too.

__dual_watch_managers() {
  setopt localoptions noaliases noxtrace
  local name
  for name in nvm fnm asdf mise rtx conda mamba micromamba pyenv rbenv nodenv sdk deactivate; do
    case ${functions[$name]-} in
      '' | *__dual_again* | 'builtin autoload'*) ;;
      *) functions[$name]="{ ${functions[$name]}
        } always { __dual_again }" ;;
    esac
  done
}
