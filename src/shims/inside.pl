# Runs a command in the workspace's machine.
use strict;

# Of the caller's variables, those that are about the host's own programs, sockets, sessions and directories. The machine has its own, or none.
my $HOST_ONLY = qr/^(?:
    PATH | MANPATH | INFOPATH | PWD | HOSTNAME |
    DUAL_\w+ | DOCKER_\w+ | BASH_ENV | ENV | ZDOTDIR | BASH_FUNC_.* | PROMPT_COMMAND |
    SSH_\w+ | GPG_\w+ | DBUS_\w+ | XDG_(?:RUNTIME_DIR|SESSION\w*|SEAT\w*|VTNR|DATA_DIRS|CURRENT_DESKTOP) |
    DISPLAY | WAYLAND_DISPLAY | XAUTHORITY | TMUX\w* | STY | ZELLIJ\w* | VSCODE_\w+ | GIT_ASKPASS | GIT_EXEC_PATH |
    NVM_\w+ | VOLTA_\w+ | FNM_\w+ | ASDF_\w+ | MISE_\w+ | __MISE_\w+ | PYENV_\w+ | RBENV_\w+ | CONDA_\w+ | SDKMAN_\w+ | HOMEBREW_\w+ | N_PREFIX |
    LD_\w+ | PERL_BADLANG | NODE_CHANNEL_\w+ | INIT_CWD | npm_(?:command|execpath|node_execpath|lifecycle_\w+|package_\w+) |
    npm_config_(?:user_agent|(?:local_|global_)?prefix|globalconfig|userconfig|node_gyp|init_module|npm_version)
)=/x;

sub run_in_machine {
    my ($name, @arguments) = @_;
    require "$main::LIB/transport.pl";
    my $command = { argv => [program_inside($name), @arguments], cwd => working_directory(), env => [caller_environment()] };
    my ($errno, $what) = run_inside(\%main::WORKSPACE, $command);
    # A machine of another version of Dual's is made anew.
    if (!defined $errno || $what eq 'version') {
        require "$main::LIB/machine.pl";
        await_machine();
        ($errno, $what) = run_inside(\%main::WORKSPACE, $command);
    }
    require "$main::LIB/host.pl";
    not_found($name) if !defined $errno || $what ne 'cwd' && $errno == 2;
    $! = $errno;
    print STDERR "$name: $!\n";
    exit 126;
}

# What the repo offers is in no directory that programs are looked for in.
sub program_inside {
    my ($name) = @_;
    my %known = map { $_ => 1 } map { split / /, $main::WORKSPACE{$_} // '' } qw(table local container);
    my $offered = "$main::WORKSPACE{worktree}/node_modules/.bin/$name";
    return !$known{$name} && -e $offered ? $offered : $name;
}

# As this shell names it, where the machine knows that name.
sub working_directory {
    my $logical = $ENV{PWD} // '';
    my ($device, $inode) = stat $logical;
    my ($own_device, $own_inode) = stat '.';
    my $is_here = $device == $own_device && $inode == $own_inode;
    return $is_here && is_inside($logical) ? $logical : readlink '/proc/self/cwd';
}

sub caller_environment {
    my $here = working_directory();
    my @kept = grep { !/$HOST_ONLY/o && !names_what_is_outside($_) } map { "$_=$ENV{$_}" } keys %ENV;
    my @pwd = defined $ENV{PWD} ? "PWD=$here" : ();
    # Nothing of the host's programs, but what the worktree has in front of them.
    my @path = grep { $_ ne '' && ($_ !~ m{^/} || is_within($_, $main::WORKSPACE{worktree})) } split /:/, $ENV{PATH} // '';
    return (@kept, @pwd, @path ? 'DUAL_PATH=' . join ':', @path : ());
}

# What a program is told to load from a place that the machine does not have would keep every program from starting.
sub names_what_is_outside {
    my ($entry) = @_;
    my ($paths) = $entry =~ /^(?:NODE_OPTIONS|NODE_PATH|PYTHONPATH|PYTHONSTARTUP|PYTHONHOME|VIRTUAL_ENV|RUBYOPT|PERL5LIB|PERL5OPT)=(.*)/s or return 0;
    return grep { !is_inside($_) } $paths =~ m{(?<![\w.])(/[^\s:"']+)}g;
}

1;
