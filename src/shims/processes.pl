# Who is meant by a process number: the machine has numbers of its own, and each of its processes has another one on the host.
use strict;

sub SO_PEERCRED() { 17 }
# No process has a number above it (PID_MAX_LIMIT of the kernel). A process of the machine that has none on the host is told by this much more
# than its number in the machine, so that whoever ends it by that number ends nothing.
sub NO_PROCESS() { 4194304 }

# -- the machine

my ($machine, $read_at);

# {host => {number inside => number on the host}, inside => {the reverse}, plumbing => {number on the host => 1}}: all empty when no
# machine answers, or when it has no numbers of its own. "plumbing" is what the machine itself consists of.
sub machine_processes {
    return $machine if $machine;
    $read_at = time;
    $machine = { host => {}, inside => {}, plumbing => {} };
    my $server = server_pid() or return $machine;
    my %table = map { $_ => status_of($_) } process_ids();
    my $level = @{ ($table{$server} // return $machine)->{NSpid} } - 1;
    return $machine if $level == own_level();
    my @chain = ($server);
    while ($table{ $chain[-1] }{NSpid}[$level] != 1) {
        push @chain, $table{ $chain[-1] }{PPid};
        return $machine if @{ ($table{ $chain[-1] } // return $machine)->{NSpid} } <= $level;
    }
    my %member = ($chain[-1] => 1);
    note($table{$_}, $_, $level) for grep { descends(\%table, \%member, $_) } keys %table;
    $machine->{plumbing} = { map { $_ => 1 } @chain, starters(\%table, $server, $level) };
    return $machine;
}

# For whoever meets a number that was not there before.
sub forget_machine {
    undef $machine if $machine && time > $read_at;
}

# The command server's number on the host, as the kernel tells whoever connects to it.
sub server_pid {
    require "$main::LIB/transport.pl";
    my $connection = connect_to($main::WORKSPACE{socket}) or return;
    my $credentials = getsockopt $connection, SOL_SOCKET(), SO_PEERCRED or return;
    return (unpack 'i3', $credentials)[0];
}

sub process_ids {
    opendir my $proc, '/proc' or return ();
    return grep { /^\d+$/ } readdir $proc;
}

# -> {PPid, and lists, from the host inwards: NSpid, NSpgid, NSsid}, or nothing when it has gone
sub status_of {
    my ($pid) = @_;
    open my $file, '<', "/proc/$pid/status" or return undef;
    local $/;
    my $text = <$file> // '';
    my ($parent) = $text =~ /^PPid:\s*(\d+)/m or return undef;
    my %ids = map { $_ => [$text =~ /^$_:(.*)/m ? split ' ', $1 : ()] } qw(NSpid NSpgid NSsid);
    return { PPid => $parent, %ids };
}

sub own_level {
    return @{ (status_of($$) // { NSpid => [0] })->{NSpid} } - 1;
}

sub descends {
    my ($table, $member, $pid) = @_;
    return $member->{$pid} if defined $member->{$pid};
    my $entry = $table->{$pid};
    return $member->{$pid} = $entry && $entry->{PPid} > 0 ? descends($table, $member, $entry->{PPid}) : 0;
}

# A group or a session outlives the process that it is named by.
sub note {
    my ($entry, $pid, $level) = @_;
    my $number = $entry->{NSpid}[$level] // return;
    $machine->{inside}{$pid} = $number;
    $machine->{host}{$number} = $pid;
    for my $ids (@$entry{qw(NSpgid NSsid)}) {
        $machine->{host}{ $ids->[$level] } //= $ids->[0] if $ids->[$level];
    }
}

# The command server's own children, each of which waits for the end of one command. What a command leaves behind comes to them, or to the first process.
sub starters {
    my ($table, $server, $level) = @_;
    return () if $table->{$server}{NSpid}[$level] == 1;
    return grep { $table->{$_} && $table->{$_}{PPid} == $server } keys %$table;
}

# -- the host

# Whether that process of the host's is of this workspace: in its panes, or started from there. Dual's own are not, wherever they were started.
sub is_of_workspace {
    my ($pid) = @_;
    my $entry = $pid > 1 && status_of($pid) or return 0;
    return 0 if @{ $entry->{NSpid} } - 1 != own_level() || is_duals_own($pid);
    return 1 if is_calling_shell($pid);
    my $session = $entry->{NSsid}[0];
    # Not every program passes its environment on.
    while ($entry && $entry->{NSsid}[0] == $session) {
        my $directory = shims_of($pid);
        return $directory eq $main::DIR if defined $directory;
        $pid = $entry->{PPid};
        $entry = status_of($pid);
    }
    return 0;
}

# -> the directory of shims that it was started with, '' for another user's process, or nothing
sub shims_of {
    my ($pid) = @_;
    return '' if ((stat "/proc/$pid")[4] // -1) != $<;
    return (contents("/proc/$pid/environ") =~ /(?:^|\0)DUAL_SHIMS=([^\0]+)/)[0];
}

# One that came to its shims by `eval "$(dual hook ...)"` was started without them.
sub is_calling_shell {
    my ($pid) = @_;
    my $shell = calling_shell() or return 0;
    my $program = program_of($shell);
    for (; $shell > 1 && program_of($shell) eq $program; $shell = parent_of($shell)) {
        return 1 if $shell == $pid;
    }
    return 0;
}

sub is_duals_own {
    my ($pid) = @_;
    return 1 if contents("/proc/$pid/comm") =~ /^(?:tmux: server|dual-proxy|dual-sessions)$/m;
    my ($dist) = $main::LIB =~ m{^(.*)/};
    return index(contents("/proc/$pid/cmdline"), "\0$dist/daemon.js\0") >= 0;
}

# Of a shim of this workspace: the number inside of the command that it stands for. It has left it as its position in the workspace's file (transport.pl).
sub command_of {
    my ($pid) = @_;
    opendir my $files, "/proc/$pid/fd" or return;
    for my $fd (grep { /^\d+$/ } readdir $files) {
        (readlink("/proc/$pid/fd/$fd") // '') =~ m{^\Q$main::DIR\E/workspace(?: \(deleted\))?$} or next;
        my ($position) = contents("/proc/$pid/fdinfo/$fd") =~ /^pos:\s*(\d+)/ or next;
        return $position || undef;
    }
    return;
}

sub contents {
    my ($path) = @_;
    open my $file, '<', $path or return '';
    local $/;
    return <$file> // '';
}

1;
