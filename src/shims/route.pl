# Where a command runs, and why. What follows from the workspace stands in its file, what follows from the call is decided here.
use strict;

# Programs that start what they are told to start: who started them counts.
my %RUNNER = map { $_ => 1 } qw(env timeout xargs nice ionice nohup setsid time stdbuf chrt taskset script watch parallel find make git entr flock
    strace ltrace direnv husky unbuffer busybox doas sudo runuser);
my %SHELL = map { $_ => 1 } qw(sh bash dash zsh fish ksh mksh ash yash tcsh csh nu elvish xonsh pwsh
    tmux screen init systemd login sshd su cron);
my %INTERPRETER = map { $_ => 1 } qw(node python python3 bun deno);
# What fetches a package and runs it: by that alone, or by a word before the package's name.
my %STARTER = (npx => qr/^/, pnpx => qr/^/, bunx => qr/^/, uvx => qr/^/, npm => qr/^(?:exec|x)$/, pnpm => qr/^dlx$/, yarn => qr/^dlx$/, bun => qr/^x$/);
my %FETCHER = map { $_ => 1 } qw(curl wget);

# Options of interpreters whose value is an argument of its own.
my $VALUE = qr/^(?:-r|--require|--import|--loader|--experimental-loader|-C|--conditions|--env-file|--title|--inspect-port|-W|-X|--check-hash-based-pycs)$/;
# Options that take the place of a script.
my $NO_SCRIPT = qr/^(?:-e|-p|-pe|--eval|--print|-c|-m|-i|-v|-V|--version|-h|--help|--test|--run(?:=.*)?|-)$/;

# Not 127.64.0.0 to 127.127.255.255, where workspaces have their own addresses (controllers/workspace/address.ts): those are the host's.
my $LOOPBACK = qr{^(?:[a-z][a-z0-9+.-]*://)?(?:[^/@\s]*@)?(?:localhost|127(?!\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)(?:\.\d+){1,3}|0\.0\.0\.0|\[::1?\])(?:[:/?#]|$)}i;

# -> "container" or "host", the reason, and whether what it starts in turn stays there as well
sub decide {
    my ($name, $arguments) = @_;
    return ('host', 'DUAL_BYPASS is set') if ($ENV{DUAL_BYPASS} // '') ne '';
    my $here = readlink '/proc/self/cwd';
    my $worktree = $main::WORKSPACE{worktree} // return ('host', 'these shims belong to no workspace any more');
    if (!is_within($here, $worktree)) {
        return ('host', "the current directory is not in $worktree") if !is_named_within($worktree);
        $here = $ENV{PWD};
    }
    my %named = map { $_ => 1 } split / /, $main::WORKSPACE{container} // '';
    return ('container', 'the project names it in commands.container') if $named{$name};
    return ('host', 'no URL on localhost among its arguments') if $FETCHER{$name} && is_elsewhere(@$arguments);
    my $agent = $STARTER{$name} ? agent_of($STARTER{$name}, @$arguments) : undef;
    return ('host', "$agent is a coding agent") if defined $agent;
    my $script = $INTERPRETER{$name} ? script_of($name, @$arguments) : undef;
    return ('host', "$script is a program of the host's") if defined $script && is_hosts_own($script, $here);
    # Asked for what a shell would do, by a program that is none.
    my $caller = ($ENV{DUAL_WHICH} // '') eq 'shell' ? undef : direct_caller();
    return ('host', "$caller starts it itself, not through a shell", 1) if defined $caller;
    return ('container', $main::WORKSPACE{why} // 'it is in the routing table');
}

# What looks for a port or a service of its own accord, whoever starts it. What is about processes is not among it: programs on the host look
# after their own.
sub is_for_machine_alone {
    my ($name) = @_;
    return 0 if $name =~ /^(?:ps|pgrep|pkill|pidof|pstree|kill|killall|top)$/;
    return grep { $_ eq $name } split / /, $main::WORKSPACE{local} // '';
}

sub is_within {
    my ($path, $root) = @_;
    return $path eq $root || index($path, "$root/") == 0;
}

# A link in the worktree may lead out of it, and anybody could have made it: what is started there is no host's business either.
sub is_named_within {
    my ($worktree) = @_;
    my $name = $ENV{PWD} // '';
    my ($device, $inode) = stat $name;
    my ($own_device, $own_inode) = stat '.';
    return defined $device && $device == $own_device && $inode == $own_inode && is_within(without_dots($name), $worktree);
}

# Whether the machine has that path of the host's.
sub is_inside {
    my ($path) = @_;
    for my $root ($main::WORKSPACE{worktree}, split /:/, $main::WORKSPACE{visible} // '') {
        return 1 if is_within($path, $root);
    }
    return 0;
}

sub is_elsewhere {
    my $has_url = 0;
    for my $argument (@_) {
        return 0 if $argument =~ $LOOPBACK;
        return 0 if $argument =~ /^--url=(.*)/s && $1 =~ $LOOPBACK;
        $has_url = 1 if $argument !~ /^-/;
    }
    return $has_url;
}

# -> the coding agent that is started as a package
sub agent_of {
    my ($word, @arguments) = @_;
    my @names = grep { !/^-/ } @arguments;
    if ('' !~ $word) {
        return if !@names || shift(@names) !~ $word;
    }
    my ($package) = ($names[0] // '') =~ /^(\@?[^@]*)/;
    return (grep { $_ eq $package } split / /, $main::WORKSPACE{agents} // '')[0];
}

sub script_of {
    my ($interpreter) = shift;
    shift if $interpreter =~ /^(?:bun|deno)$/ && @_ && $_[0] eq 'run';
    while (@_) {
        my $argument = shift;
        return if $argument =~ $NO_SCRIPT;
        if ($argument eq '--') { return shift }
        if ($argument =~ $VALUE) { shift; next }
        return $argument if $argument !~ /^-/;
    }
    return;
}

# An agent, an editor's server, a tool that is installed on the host: the machine does not have that file.
sub is_hosts_own {
    my ($script, $here) = @_;
    my $path = $script =~ m{^/} ? $script : "$here/$script";
    # By its name too: what is in the worktree could be a link to anywhere, made by who knows whom.
    return -e $path && !is_inside(without_dots($path)) && !is_inside(physical($path));
}

sub without_dots {
    my @names;
    for my $name (split m{/+}, $_[0]) {
        if    ($name eq '..')               { pop @names }
        elsif ($name ne '.' && $name ne '') { push @names, $name }
    }
    return '/' . join '/', @names;
}

# Without links in its directories.
sub physical {
    my ($path) = @_;
    my ($directory, $file) = $path =~ m{^(.*)/([^/]*)$};
    opendir my $handle, $directory eq '' ? '/' : $directory or return $path;
    my $real = readlink '/proc/self/fd/' . fileno $handle;
    my $target = readlink "$real/$file";
    return "$real/$file" if !defined $target;
    return $target =~ m{^/} ? $target : physical("$real/$target");
}

# The program that started this command by itself: no shell, nor what only starts what it is told to.
sub direct_caller {
    my $pid = getppid;
    my @runners;
    while ($pid > 1) {
        my $program = program_of($pid);
        return if $SHELL{$program};
        if (!$RUNNER{$program}) {
            return was_a_shell(@runners) ? undef : $program;
        }
        push @runners, $program;
        $pid = parent_of($pid);
    }
    return;
}

sub is_runner { return $RUNNER{ $_[0] } }

sub program_of {
    my ($pid) = @_;
    my $file = readlink "/proc/$pid/exe";
    if (!defined $file) {
        open my $comm, '<', "/proc/$pid/comm" or return 'init';
        $file = <$comm>;
        chomp $file;
    }
    $file =~ s/ \(deleted\)$//;
    my ($name) = $file =~ m{([^/]+)$};
    # tmux calls its server "tmux: server".
    $name =~ s/[:\d.-].*//s if $name !~ /^python/;
    return $name;
}

sub parent_of {
    my ($pid) = @_;
    open my $stat, '<', "/proc/$pid/stat" or return 0;
    my ($parent) = <$stat> =~ /^.*\) \S (\d+)/s;
    return $parent;
}

# `sh -c COMMAND` becomes the command, so that its parent is the shell's. A shell with the hooks leaves its process number, which is this one's
# then; bash, zsh and ksh without them leave the program's path in `_`; dash leaves the environment in the order of its own hash table, always
# with PWD.
sub was_a_shell {
    my (@runners) = @_;
    return 1 if ($ENV{DUAL_SHELL} // '') eq $$;
    my $last = $ENV{_} // '';
    return 1 if $last eq $0 || grep { $last =~ m{/\Q$_\E$} } @runners;
    return 0 if !defined $ENV{PWD};
    open my $environ, '<', "/proc/$$/environ" or return 0;
    local $/;
    my @buckets = map { dash_bucket(/^([^=]*)/) } split /\0/, <$environ>;
    my $ordered = 1;
    $ordered++ while $ordered < @buckets && $buckets[$ordered] >= $buckets[$ordered - 1];
    # What `env A=1 COMMAND` sets comes last.
    return $ordered == @buckets || $ordered >= 8 && $ordered >= @buckets - 3;
}

sub dash_bucket {
    my @bytes = unpack 'C*', $_[0];
    my $sum = $bytes[0] << 4;
    $sum += $_ for @bytes;
    return $sum % 39;
}

1;
