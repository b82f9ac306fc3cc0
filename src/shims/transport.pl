# Runs a command in the machine: hands the machine's command server (src/guest/command-server.pl, where the protocol is told) this process's own
# files, and stands for the command until it has ended.
use strict;

my %SYSCALL = (
    x64   => { sendmsg => 46,  recvmsg => 47,  prctl => 157, fcntl => 72, prlimit64 => 302 },
    arm64 => { sendmsg => 211, recvmsg => 212, prctl => 167, fcntl => 25, prlimit64 => 261 },
);

# Constants as such would cost a module, and so the start of every command a millisecond.
sub AF_UNIX() { 1 } sub SOCK_STREAM() { 1 } sub SOL_SOCKET() { 1 } sub SCM_RIGHTS() { 1 }
sub O_PATH() { 010000000 } sub O_NOFOLLOW() { 0400000 }
sub PR_SET_DUMPABLE() { 4 } sub PR_SET_NAME() { 15 }
sub F_GETFD() { 1 } sub FD_CLOEXEC() { 1 } sub LIMITS() { 16 } sub MOST_FILES() { 200 }
sub SIGTSTP() { 20 }
sub EINTR() { 4 } sub EAGAIN() { 11 }

sub VERSION() { 1 }

# What may have brought new programs, or taken some away.
my %INSTALLER = map { $_ => 1 } qw(npm pnpm yarn bun pip pip3 uv poetry corepack);

# What a caller may send to the command by sending it to this process: all but KILL and STOP, which no process gets to see, and CHLD, which is
# about this process's own children.
my %FORWARDED = (
    HUP => 1, INT => 2, QUIT => 3, ILL => 4, TRAP => 5, ABRT => 6, BUS => 7, FPE => 8, USR1 => 10, SEGV => 11, USR2 => 12, ALRM => 14, TERM => 15,
    STKFLT => 16, CONT => 18, TSTP => 20, TTIN => 21, TTOU => 22, URG => 23, XCPU => 24, XFSZ => 25, VTALRM => 26, PROF => 27, WINCH => 28,
    IO => 29, PWR => 30, SYS => 31,
);

# $machine: {socket, arch}; $command: {argv, cwd, env (list of NAME=VALUE)}
# Ends this process as the command ended. -> only when the command was not started: errno and what could not be done, or nothing
# at all when no machine answers
sub run_inside {
    my ($machine, $command) = @_;
    my $sys = $SYSCALL{ $machine->{arch} };
    # Before anything is opened, which might take the place of what was closed.
    my $files = callers_files($sys);
    my $connection = connect_to($machine->{socket}) or return;
    my $terminal = terminal_among($files);
    my @numbers = sort { $a <=> $b } keys %$files;
    my $ignored = join ' ', grep { ($SIG{$_} // '') eq 'IGNORE' } keys %FORWARDED;
    my $request = pack '(N/a*)*', VERSION, "@numbers", $terminal ? @$terminal{qw(numbers modes size)} : ('', '', ''), umask, getpriority(0, 0),
        limits($sys), $ignored, $command->{cwd}, scalar @{ $command->{argv} }, @{ $command->{argv} }, @{ $command->{env} };
    # Those as well that are ignored: the command may have taken them up again.
    while (my ($name, $number) = each %FORWARDED) {
        my $byte = chr $number;
        $SIG{$name} = sub { syswrite $connection, $byte };
    }
    $SIG{PIPE} = 'IGNORE';
    # Among the host's processes it goes by the name of the command.
    syscall $sys->{prctl}, PR_SET_NAME, "$command->{argv}[0]\0", 0, 0, 0;
    send_request($sys, $connection, $request, @$files{@numbers}) or return;
    close_copied() if defined &close_copied;
    return relay($sys, $connection, $terminal) if $terminal;
    return follow($connection);
}

# The machine can put anything in the socket's place: a link would have this process talk to something of the host's.
sub connect_to {
    my ($path) = @_;
    sysopen(my $held, $path, O_PATH | O_NOFOLLOW) or return;
    -S $held or return;
    socket(my $connection, AF_UNIX, SOCK_STREAM, 0) or return;
    connect($connection, pack 'S a*', AF_UNIX, '/proc/self/fd/' . fileno($held) . "\0") or return;
    return $connection;
}

# What the command is to have, as {number => the file descriptor to be handed over}: the three that everybody has, and what else the caller left
# open for it, such as a shell's `<(...)`. No directory, by which a machine could reach all of the host's files; beyond the three nothing but
# pipes and files, and one of the three by another number. A file that the machine does not have could be opened again inside, to read or to
# write: it gets a pipe to somebody who copies.
sub callers_files {
    my ($sys) = @_;
    require "$main::LIB/route.pl";
    opendir my $listing, '/proc/self/fd' or return {};
    my @numbers = sort { $a <=> $b } grep { /^\d/ && $_ != fileno $listing } readdir $listing;
    closedir $listing;
    my (%files, %known, @outside);
    for my $fd (@numbers) {
        next if (syscall($sys->{fcntl}, $fd, F_GETFD, 0) & FD_CLOEXEC) && $fd > 2;
        my ($device, $inode, $mode) = stat "/proc/self/fd/$fd" or next;
        my $kind = $mode & 0170000;
        my $is_file = $kind == 0100000;
        # In the place of what the caller closed, a file of this program has been opened.
        next if $fd < 3 && $is_file && is_own_file($device, $inode);
        $known{"$device:$inode"} = 1 if $fd < 3;
        next if $kind == 0040000 || $fd > 2 && !$is_file && $kind != 0010000 && !$known{"$device:$inode"};
        $files{$fd} = $fd;
        push @outside, $fd if $is_file && !is_inside(readlink "/proc/self/fd/$fd");
        last if keys %files == MOST_FILES;
    }
    if (@outside) {
        require "$main::LIB/copy.pl";
        $files{$_} = copied($sys, $_) for @outside;
    }
    return \%files;
}

sub is_own_file {
    my ($device, $inode) = @_;
    for my $own ($0, "$main::DIR/workspace", values %INC) {
        my ($own_device, $own_inode) = stat $own;
        return 1 if $device == $own_device && $inode == $own_inode;
    }
    return 0;
}

# What the caller has limited itself to: number, soft and hard limit of each resource.
sub limits {
    my ($sys) = @_;
    my @limits;
    for my $resource (0 .. LIMITS - 1) {
        my $limit = "\0" x 16;
        push @limits, $resource, unpack 'Q2', $limit if syscall($sys->{prlimit64}, 0, $resource, 0, $limit) == 0;
    }
    return "@limits";
}

# Where any of the three is a terminal, the command gets one of its own in its place: the caller's would stay open to whatever the command leaves
# behind, which could read what is typed afterwards. Takes those out of the files. -> as terminal.pl has it, or nothing
sub terminal_among {
    my ($files) = @_;
    my %handle = (0 => \*STDIN, 1 => \*STDOUT, 2 => \*STDERR);
    my @terminals = grep { defined $files->{$_} && -t $handle{$_} } 0 .. 2 or return;
    my %is_one = map { join(':', (stat $handle{$_})[0, 1]) => 1 } @terminals;
    my @numbers = grep { $is_one{ join ':', (stat "/proc/self/fd/$_")[0, 1] } } keys %$files;
    delete @$files{@numbers};
    require "$main::LIB/terminal.pl";
    return terminal(\@numbers, map { $handle{$_} } @terminals);
}

sub send_request {
    my ($sys, $connection, $request, @passed) = @_;
    my $data = pack('N', length $request) . substr $request, 0, 32768, '';
    my $size = 4 * @passed;
    my $control = @passed ? pack('Q l l l*', 16 + $size, SOL_SOCKET, SCM_RIGHTS, @passed) . "\0" x ($size % 8) : '';
    my $vector = pack 'P Q', $data, length $data;
    my $message = @passed
        ? pack('Q L x4 P Q P Q l x4', 0, 0, $vector, 1, $control, length $control, 0)
        : pack('Q L x4 P Q Q Q l x4', 0, 0, $vector, 1, 0, 0, 0);
    my $sent = syscall $sys->{sendmsg}, fileno $connection, $message, 0;
    return if $sent < 0;
    return write_all($connection, substr($data, $sent) . $request);
}

sub write_all {
    my ($handle, $data) = @_;
    while (length $data) {
        my $written = syswrite $handle, $data;
        if (!defined $written) {
            next if $! == EINTR;
            return 0;
        }
        substr $data, 0, $written, '';
    }
    return 1;
}

# Waits for the end of a command that has this process's own files.
sub follow {
    my ($connection) = @_;
    my $text = '';
    while (1) {
        my $got = sysread $connection, $text, 4096, length $text;
        next if !defined $got && $! == EINTR;
        # The machine has gone, and everything in it.
        end_by(9) if !$got;
        while ($text =~ s/^(.*)\n//) {
            my @failure = take($1);
            return @failure if @failure;
        }
    }
}

# Acts on a line of the server's. -> errno and what, when the command could not be started
sub take {
    my ($line, $has_keys) = @_;
    my ($kind, $number, $what) = split / /, $line, 3;
    return ($number, $what) if $kind eq 'failed';
    remember($number) if $kind eq 'started';
    finish_copies() if defined &finish_copies && $kind =~ /^(?:exit|signal)$/;
    if ($kind eq 'exit') {
        note_programs() if $INSTALLER{ $main::NAME // '' };
        exit $number;
    }
    end_by($number) if $kind eq 'signal';
    stop_by($number, $has_keys && $number == SIGTSTP) if $kind eq 'stopped';
    return;
}

# Before the end, since the next command may be one of those.
sub note_programs {
    system { '/usr/bin/perl' } 'perl', '-tX', "$main::LIB/refresh.pl", '--quiet', $main::DIR;
}

# Where others of this workspace read what this process stands for (processes.pl): /proc tells the position in an open file.
sub remember {
    open our $remembered, '<', "$main::DIR/workspace" or return;
    sysseek $remembered, $_[0], 0;
}

# As the command did, so that whoever waits sees the same.
sub end_by {
    my ($number) = @_;
    syscall $SYSCALL{$main::ARCH}{prctl}, PR_SET_DUMPABLE, 0, 0, 0, 0;
    my ($name) = grep { $FORWARDED{$_} == $number } keys %FORWARDED;
    $SIG{$name} = 'DEFAULT' if defined $name;
    $SIG{PIPE} = 'DEFAULT' if $number == 13;
    kill $number, $$;
    exit 128 + $number;
}

# The shell that started this process is to see that it has stopped. What a key stopped is the whole job, the script that runs this command too.
sub stop_by {
    my ($number, $is_by_key) = @_;
    my ($name) = grep { $FORWARDED{$_} == $number } keys %FORWARDED;
    local $SIG{$name} = 'DEFAULT' if defined $name;
    kill $number, $is_by_key ? 0 : $$;
}

1;
