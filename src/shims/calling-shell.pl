# The shell that started this command, or that reads what it prints: does its `kill` know the machine's process numbers?
use strict;

my $BUSYBOX_SHELL = qr/^-?(?:sh|ash|hush)$/;
my %RUNS_COMMANDS = map { $_ => 1 } qw(sh bash dash zsh fish ksh mksh ash yash tcsh csh);
# Options by which they read no start-up file.
my %UNHOOKED = (bash => qr/^(?:--posix|-[a-z]*p[a-z]*)$/, zsh => qr/^(?:--no-rcs|-[a-zA-Z]*f[a-zA-Z]*)$/, fish => qr/^(?:--no-config|-N)$/);

# -> its number on the host, or nothing when there is none any more: `sh -c COMMAND` becomes the command
sub calling_shell {
    my $pid = getppid;
    while ($pid > 1) {
        my $program = program_of($pid);
        return $pid if $RUNS_COMMANDS{$program} || $program eq 'busybox' && is_busybox_shell($pid);
        return if !is_runner($program);
        $pid = parent_of($pid);
    }
    return;
}

sub is_busybox_shell {
    my ($called, $applet) = split /\0/, contents("/proc/$_[0]/cmdline");
    return $called =~ m{([^/]*)$} && $1 =~ $BUSYBOX_SHELL || $called =~ /busybox/ && ($applet // '') =~ $BUSYBOX_SHELL;
}

# Where not, its builtin `kill` gives the numbers to the host's kernel.
sub has_hook {
    my $pid = calling_shell();
    # dash leaves nothing of itself, bash with a hook does not go away, zsh leaves the path of the program; as does bash by the name of sh.
    return ($ENV{_} // '') eq $0 && (readlink '/bin/sh' // '') !~ /bash/ if !defined $pid;
    my $program = program_of($pid);
    my $off = $UNHOOKED{$program} or return 0;
    my ($called, @arguments) = split /\0/, contents("/proc/$pid/cmdline");
    # Called by the name sh they behave as sh does.
    return 0 if $called !~ m{(?:^|[/-])\Q$program\E[^/]*$};
    return 0 if !has_read_hook($pid) || $program eq 'bash' && is_without_rc(@arguments);
    for my $argument (@arguments) {
        last if $argument !~ /^-/;
        return 0 if $argument =~ $off;
    }
    return 1;
}

# A hook leaves the shell's number to what the shell starts; a shell without one passes on what it was given itself.
sub has_read_hook {
    my ($pid) = @_;
    return 0 if !-x "$main::DIR/bin/kill";
    my ($given) = contents("/proc/$pid/environ") =~ /(?:^|\0)DUAL_SHELL=(\d+)/;
    return ($ENV{DUAL_SHELL} // '') ne ($given // '');
}

sub is_without_rc {
    return grep({ $_ eq '--norc' } @_) && $_[-1] =~ /^-/;
}

1;
