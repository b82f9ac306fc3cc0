# For ~/.config/fish/config.fish: dual hook fish | source
if status is-interactive; and not functions -q __dual_look; and test -r @HOOKS@/fish/fish/vendor_conf.d/dual.fish
    set -g __dual_hooks @HOOKS@
    set -g __dual_index @INDEX@
    source $__dual_hooks/fish/fish/vendor_conf.d/dual.fish
end
