# Read by fish through XDG_DATA_DIRS in a workspace's environment, before the user's config.fish; and by `dual hook fish`, which sets __dual_index.

function __dual_start
    set -g __dual_shims $DUAL_SHIMS
    set -g __dual_worktree
    set -g __dual_index (string replace -r '/[^/]*$' /index -- $DUAL_SHIMS)
    # A hook that has entered it leaves it as well; in a pane nothing is left.
    set -g __dual_home
    set -q DUAL_ENTERED; or set -g __dual_home $DUAL_SHIMS
    # A command that this shell becomes has its process number: so the shims know that a shell was given it.
    set -gx DUAL_SHELL $fish_pid
    __dual_read $DUAL_SHIMS
end

function __dual_read -a dir
    set -g __dual_worktree
    set -g __dual_name
    test -r "$dir/workspace"; or return 1
    while read -l line
        switch $line
            case 'worktree *'
                set -g __dual_worktree (string sub -s 10 -- $line)
            case 'name *'
                set -g __dual_name (string sub -s 6 -- $line)
        end
    end <"$dir/workspace"
    test -n "$__dual_worktree"
end

function __dual_is_in -a place
    set -l here (builtin pwd -P 2>/dev/null)/
    test (string sub -l (string length -- "$place/") -- "$here") = "$place/"
end

# Without the shims of any workspace, after those in force.
function __dual_set_path
    set -l root (string replace -r '/[^/]*$' '' -- $__dual_index)
    set -l kept
    for entry in $PATH
        string match -q -- (string escape --style=regex -- $root/) $entry
        string match -qr -- '^'(string escape --style=regex -- $root)'/[^/]+/bin$' $entry; or set -a kept $entry
    end
    set -g __dual_busy yes
    set -gx PATH $argv $kept
    set -e __dual_busy
end

function __dual_in_front
    test -n "$__dual_shims" -a -d "$__dual_shims/bin"; or return 0
    test "$PATH[1]" = "$__dual_shims/bin"; or __dual_set_path $__dual_shims/bin
end

# Whatever sets PATH, in the middle of a line or of a script too. A local PATH is the script's own.
function __dual_path_changed --on-variable PATH
    set -q __dual_busy; and return 0
    test -n "$__dual_shims"; and test "$PATH[1]" != "$__dual_shims/bin"; or return 0
    __dual_is_in $__dual_worktree; and __dual_in_front
end

# Takes the workspace of the current directory into force.
function __dual_look
    set -q DUAL_BYPASS; and test -n "$DUAL_BYPASS"; and return 0
    set -l found $__dual_home
    if test -r "$__dual_index"
        read -z -l text <$__dual_index
        set -l lines (string split -- \n $text)
        set -l places (string replace -r '\t.*' '' -- $lines)
        # Of nested ones the innermost.
        set -l here (builtin pwd -P 2>/dev/null)
        while test -n "$here"
            if set -l at (contains -i -- $here $places)
                set found (string replace -r '^[^\t]*\t' '' -- $lines[$at])
                break
            end
            set here (string replace -r '/[^/]*$' '' -- $here)
        end
    end
    test -n "$found" -a ! -d "$found/bin"; and set found
    if test "$found" = "$__dual_shims"; and test "$found" = "$DUAL_SHIMS"
        __dual_in_front
    else if test -n "$found"
        __dual_enter $found
    else
        __dual_leave
    end
end

function __dual_enter -a dir
    __dual_read $dir; or return 0
    if not set -q DUAL_SHIMS
        for name in BASH_ENV ENV ZDOTDIR XDG_DATA_DIRS
            set -q $name; and set -gx DUAL_$name (string join : -- $$name)
        end
        set -gx BASH_ENV $__dual_hooks/bash/env.bash
        set -gx ENV $__dual_hooks/posix/env.sh
        set -gx ZDOTDIR $__dual_hooks/zsh
        set -l data /usr/local/share:/usr/share
        set -q XDG_DATA_DIRS; and test -n "$XDG_DATA_DIRS"; and set data $XDG_DATA_DIRS
        set -gx XDG_DATA_DIRS $__dual_hooks/fish:(string join : -- $data)
        set -gx DUAL_ENTERED 1
        # The shims are Perl, which complains of a locale that the host does not have where other programs do not.
        if not set -q PERL_BADLANG
            set -gx PERL_BADLANG 0
            set -gx DUAL_BADLANG 1
        end
    end
    set -gx DUAL_SHIMS $dir
    set -gx DUAL_WORKSPACE $__dual_name
    set -gx DUAL_SHELL $fish_pid
    set -g __dual_shims $dir
    __dual_in_front
end

function __dual_leave
    set -q DUAL_SHIMS; or return 0
    set -g __dual_shims
    set -g __dual_worktree
    set -g __dual_home
    __dual_set_path
    set -q DUAL_BADLANG; and set -e PERL_BADLANG DUAL_BADLANG
    set -e DUAL_SHIMS DUAL_WORKSPACE DUAL_SHELL DUAL_ENTERED
    for name in BASH_ENV ENV ZDOTDIR XDG_DATA_DIRS
        set -e $name
        set -l saved DUAL_$name
        if set -q $saved
            set -gx $name $$saved
            set -e $saved
        end
    end
end

# At each prompt, and before a line is run; a change of directory is seen within a line too.
function __dual_on_event --on-event fish_prompt --on-event fish_preexec --on-variable PWD
    __dual_look
end

if not set -q DUAL_BYPASS; or test -z "$DUAL_BYPASS"
    if set -q DUAL_SHIMS; and test -d "$DUAL_SHIMS/bin"
        set -g __dual_hooks (string replace -r '/fish/fish/vendor_conf.d$' '' -- (status dirname))
        __dual_start
        __dual_is_in $__dual_worktree; and __dual_in_front
    else if set -q __dual_hooks
        set -g __dual_shims
        set -g __dual_worktree
        set -g __dual_home
        __dual_look
    end
end
