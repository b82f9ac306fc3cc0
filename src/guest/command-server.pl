# Starts the commands that the host's shims ask for (src/shims/transport.pl is the other side). Started by the guest in the machine; it is not
# the guest itself that does this, since Node can neither be handed file descriptors nor tell that a child has stopped.
#
# usage: command-server.pl UID GID ARCH   with the directory for its socket open as file descriptor 3
#
# A connection is one command:
#   shim -> server: a length (N), the request in so many bytes, and beside the first byte the file descriptors that the command gets.
#     The request is a list of strings (N/a*): version, numbers of the descriptors passed, numbers of those that are to be a terminal ("" for
#     none), its termios, its size, umask, nice value, resource limits (number, soft, hard of each), ignored signals, working directory, number
#     of arguments, the arguments, then the environment as NAME=VALUE.
#   shim -> server, from then on: one byte for each signal that the command's process group is to get.
#   server -> shim: lines: "pty" (with a terminal: its master beside it), "started PID", "stopped SIGNAL", then the last: "exit CODE",
#     "signal NUMBER" or "failed ERRNO WHAT".
# When the shim goes first, everything that descends from the command is ended.
use strict;

my ($uid, $gid, $arch) = @ARGV;

my @CALLS = qw(close dup3 fchdir fcntl prctl prlimit64 recvmsg sendmsg setresgid setresuid setsid wait4);
my %NUMBERS = (
    x64   => [3, 292, 81, 72, 157, 302, 47, 46, 119, 117, 112, 61],
    arm64 => [57, 24, 50, 25, 167, 261, 212, 211, 149, 147, 157, 260],
);
my $SYS = {};
@$SYS{@CALLS} = @{ $NUMBERS{$arch} or die "no system calls known for $arch\n" };

use constant {
    AF_UNIX => 1, SOCK_STREAM => 1, SOL_SOCKET => 1, SCM_RIGHTS => 1, MSG_CMSG_CLOEXEC => 0x40000000,
    O_RDWR => 2, O_NOCTTY => 0400, O_NONBLOCK => 04000,
    TCSETS => 0x5402, TIOCSCTTY => 0x540E, TIOCSPGRP => 0x5410, TIOCSWINSZ => 0x5414,
    TIOCGPTN => 0x80045430, TIOCSPTLCK => 0x40045431, PR_SET_PDEATHSIG => 1, PR_SET_CHILD_SUBREAPER => 36, WNOHANG => 1, WUNTRACED => 2,
    F_DUPFD_CLOEXEC => 1030, ENOENT => 2, EACCES => 13, ENOTDIR => 20,
};

# Bytes; and seconds between asking what is left of a command to end and killing it.
use constant { VERSION => 1, MAX_REQUEST => 16 * 1024 * 1024, GRACE => 2 };

# Whoever lists the processes sees a shell that started something, as outside.
$0 = 'sh';
$SIG{PIPE} = 'IGNORE';
# Where the guest is not the machine's own main process, as in its tests, nothing else would end this one with it.
syscall($SYS->{prctl}, PR_SET_PDEATHSIG, 15, 0, 0, 0);
serve(listen_privately());

# As the user, to whom the directory belongs; root in a container has no more rights to it than a stranger.
sub listen_privately {
    socket(my $server, AF_UNIX, SOCK_STREAM, 0) or die "socket: $!\n";
    local ($), $>) = ("$gid $gid", $uid);
    syscall($SYS->{fchdir}, 3) == 0 or die "the socket's directory: $!\n";
    # No command is to have it.
    syscall $SYS->{close}, 3;
    my $umask = umask 0177;
    unlink 'c';
    bind($server, pack('S a*', AF_UNIX, "c\0")) or die "bind: $!\n";
    umask $umask;
    chdir '/';
    listen($server, 128) or die "listen: $!\n";
    return $server;
}

sub serve {
    my ($server) = @_;
    my $stopping = 0;
    # Ended handlers go by themselves.
    $SIG{CHLD} = 'IGNORE';
    $SIG{TERM} = sub { $stopping = 1 };
    while (!$stopping) {
        accept(my $connection, $server) or next;
        my $pid = fork // next;
        next if $pid;
        close $server;
        $SIG{$_} = 'DEFAULT' for qw(CHLD TERM);
        serve_one($connection);
        exit 0;
    }
    kill 'TERM', children($$);
    select undef, undef, undef, 0.01 while children($$);
}

sub serve_one {
    my ($connection) = @_;
    become_user();
    my $request = receive($connection) or return;
    return fail($connection, ENOENT, 'version') if $request->{version} != VERSION;
    syscall($SYS->{setsid});
    # What the command leaves behind comes to this process, which can then end it.
    syscall($SYS->{prctl}, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    my ($master, $slave);
    if ($request->{terminals} ne '') {
        ($master, $slave) = open_terminal($request) or return fail($connection, $! + 0, 'terminal');
    }
    send_master($connection, $master) if $master;
    pipe(my $woken, my $wake);
    unblock($_) for $woken, $wake;
    my $stopping = 0;
    $SIG{CHLD} = sub { syswrite $wake, '.' };
    $SIG{TERM} = sub { $stopping = 1; syswrite $wake, '.' };
    my ($pid, $errno, $what) = start($request, $slave);
    return fail($connection, $errno, $what) if defined $errno;
    syscall $SYS->{close}, $_ for values %{ $request->{files} };
    close $slave if $slave;
    say_to($connection, "started $pid");
    follow({ connection => $connection, pid => $pid, woken => $woken, master => $master, stopping => \$stopping });
}

sub become_user {
    return if $> != 0 || $uid == 0;
    # Saved ids as well, which nothing could come back from; the list of groups goes with the first.
    $) = "$gid $gid";
    my @ids = ([setresgid => $gid], [setresuid => $uid]);
    syscall($SYS->{ $_->[0] }, ($_->[1] + 0) x 3) == 0 or die "$_->[0]: $!\n" for @ids;
    die "cannot become $uid\n" if $< != $uid || $> != $uid || "$)" ne "$gid $gid";
}

# -- the request

sub receive {
    my ($connection) = @_;
    my ($data, $control) = ("\0" x 65536, "\0" x 1024);
    my $vector = pack('P Q', $data, length $data);
    my $message = pack('Q L x4 P Q P Q l x4', 0, 0, $vector, 1, $control, length $control, 0);
    my $got = syscall($SYS->{recvmsg}, fileno $connection, $message, MSG_CMSG_CLOEXEC);
    return if $got < 4;
    my @files = received_files($control, unpack('x40 Q', $message));
    my $length = unpack('N', $data);
    my $text = substr $data, 4, $got - 4;
    return if $length > MAX_REQUEST;
    while (length $text < $length) {
        sysread($connection, $text, $length - length $text, length $text) or return;
    }
    my %request;
    (@request{qw(version names terminals termios size umask nice limits ignored cwd count)}, my @rest) = unpack '(N/a*)*', $text;
    @request{qw(argv env)} = ([splice @rest, 0, $request{count}], { map { split /=/, $_, 2 } @rest });
    # By the number that each is to have.
    @{ $request{files} }{ split / /, $request{names} } = @files;
    return \%request;
}

sub received_files {
    my ($control, $length) = @_;
    return () if $length < 16;
    my ($size, $level, $type) = unpack 'Q l l', $control;
    return () if $level != SOL_SOCKET || $type != SCM_RIGHTS;
    return unpack 'x16 l' . ($size - 16) / 4, $control;
}

# -- the start

sub open_terminal {
    my ($request) = @_;
    sysopen(my $master, '/dev/ptmx', O_RDWR | O_NOCTTY) or return;
    my $number = pack 'i', 0;
    ioctl($master, TIOCSPTLCK, $number) && ioctl($master, TIOCGPTN, $number) or return;
    sysopen(my $slave, '/dev/pts/' . unpack('i', $number), O_RDWR | O_NOCTTY) or return;
    ioctl($slave, TIOCSCTTY, 0) or return;
    ioctl($slave, TCSETS, $request->{termios});
    ioctl($slave, TIOCSWINSZ, $request->{size});
    return ($master, $slave);
}

# -> process id, or undef, errno and what could not be done
sub start {
    my ($request, $terminal) = @_;
    pipe(my $failed, my $failure);
    my $pid = fork;
    return (undef, $! + 0, 'fork') if !defined $pid;
    if ($pid == 0) {
        close $failed;
        setpgrp 0, 0;
        foreground($terminal, $$) if $terminal;
        my ($errno, $what) = become($request, $terminal);
        syswrite $failure, "$errno $what";
        exit 127;
    }
    close $failure;
    setpgrp $pid, $pid;
    sysread $failed, my $answer, 256;
    return $pid if $answer eq '';
    waitpid $pid, 0;
    return (undef, split / /, $answer, 2);
}

# Becomes the command. -> errno and what could not be done
sub become {
    my ($request, $terminal) = @_;
    enter($request->{cwd}) or return ($! + 0, 'cwd');
    umask $request->{umask};
    setpriority 0, 0, $request->{nice} if $request->{nice} > getpriority 0, 0;
    $SIG{$_} = 'DEFAULT' for qw(PIPE CHLD TERM TTOU);
    $SIG{$_} = 'IGNORE' for split / /, $request->{ignored};
    %ENV = environment($request->{env});
    my ($program, $errno) = find($request->{argv}[0]);
    return ($errno, 'program') if !defined $program;
    # Where a shell has told the shim its path.
    $ENV{_} = $program if exists $ENV{_};
    place({ %{ $request->{files} }, map { $_ => fileno $terminal } split / /, $request->{terminals} });
    lower_limits(split / /, $request->{limits});
    exec { $program } @{ $request->{argv} };
    return ($! + 0, 'program');
}

# A directory that is gone is still where the caller is.
sub enter {
    my ($directory) = @_;
    return 1 if chdir $directory;
    $directory =~ / \(deleted\)$/ or return 0;
    my $gone = "/tmp/.$$." . time;
    return mkdir($gone, 0700) && chdir($gone) && rmdir $gone;
}

# Limits that the caller has put on itself hold for what it starts; those of the machine stay.
sub lower_limits {
    while (my ($resource, @wanted) = splice @_, 0, 3) {
        # Numbers: of a string a system call gets the address.
        ($resource, @wanted) = map { $_ + 0 } $resource, @wanted;
        my $limit = "\0" x 16;
        syscall($SYS->{prlimit64}, 0, $resource, 0, $limit) == 0 or next;
        my ($soft, $hard) = unpack 'Q2', $limit;
        @wanted = map { $_ < $hard ? $_ : $hard } @wanted;
        syscall $SYS->{prlimit64}, 0, $resource, pack('Q2', @wanted), 0 if "@wanted" ne "$soft $hard";
    }
}

# The caller's, and what is the machine's own: its programs, and its certificates, whose files are others than the host's.
sub environment {
    my ($callers) = @_;
    my %merged = (%ENV, %$callers);
    for my $name (grep { /CERT|CA_BUNDLE|CAINFO|CA_FILE/ } keys %$callers) {
        $merged{$name} = $ENV{$name} if exists $ENV{$name};
        delete $merged{$name} if $merged{$name} =~ m{^/} && !-e $merged{$name};
    }
    # Directories of the worktree that the caller looks into first.
    my $front = delete $merged{DUAL_PATH};
    $merged{PATH} = join ':', grep { defined && $_ ne '' } $front, $ENV{PATH};
    return %merged;
}

# Puts each file where it is wanted. Out of the way first: what is to become 0 may not overwrite what is to become 1.
sub place {
    my ($files) = @_;
    my %aside = map { $_ => syscall $SYS->{fcntl}, $files->{$_}, F_DUPFD_CLOEXEC, 300 } keys %$files;
    for my $fd (0 .. 2, grep { $_ > 2 } map { $_ + 0 } keys %aside) {
        defined $aside{$fd} ? syscall($SYS->{dup3}, $aside{$fd}, $fd, 0) : syscall($SYS->{close}, $fd);
    }
}

# As a shell finds it: what is there and may not be run is told from what is not there.
sub find {
    my ($name) = @_;
    my @places = $name =~ m{/} ? ($name) : map { ($_ eq '' ? '.' : $_) . "/$name" } split /:/, $ENV{PATH} // '/usr/local/bin:/usr/bin:/bin';
    my $errno = ENOENT;
    return (undef, ENOENT) if $name eq '';
    for my $place (@places) {
        if (!-e $place) {
            $errno = ENOTDIR if $! == ENOTDIR && $name =~ m{/};
            next;
        }
        return $place if -f _ && -x _;
        $errno = EACCES;
    }
    return (undef, $errno);
}

# -- until its end

sub follow {
    my ($command) = @_;
    my ($connection, $woken) = @$command{qw(connection woken)};
    $SIG{HUP} = 'IGNORE';
    while (1) {
        my $ready = '';
        vec($ready, fileno $_, 1) = 1 for $connection, $woken;
        select($ready, undef, undef, undef) > 0 or next;
        if (vec $ready, fileno $woken, 1) {
            sysread $woken, my $nothing, 4096;
            return $command->{was_killed} ? end_all($command) : finish($command) if collect($command);
            return end_all($command) if ${ $command->{stopping} };
        }
        next if !vec $ready, fileno $connection, 1;
        my $got = sysread $connection, my $signals, 256;
        return abandon($command) if !$got;
        for my $signal (unpack 'C*', $signals) {
            $command->{sent}{$signal} = 1;
            kill $signal, -$command->{pid};
        }
    }
}

# Takes note of what ended or stopped. -> whether the command has ended
sub collect {
    my ($command) = @_;
    while ((my ($pid, $status) = wait_for_any())[0] > 0) {
        next if $pid != $command->{pid};
        if (($status & 0xff) == 0x7f) {
            say_to($command->{connection}, 'stopped ' . ($status >> 8));
            next;
        }
        tell_end($command, $status);
        # By its caller's hand, as when that itself is killed.
        $command->{was_killed} = $command->{sent}{ $status & 0x7f };
        return 1;
    }
    return 0;
}

# -> process id, and status as the kernel has it: Perl's own has no number for what has stopped
sub wait_for_any {
    my $status = pack 'i', 0;
    my $pid = syscall $SYS->{wait4}, -1, $status, WNOHANG | WUNTRACED, 0;
    return ($pid, unpack 'i', $status);
}

sub tell_end {
    my ($command, $status) = @_;
    say_to($command->{connection}, $status & 0x7f ? 'signal ' . ($status & 0x7f) : 'exit ' . ($status >> 8));
}

# What the command left in the background stays, as it would anywhere else: with its terminal, where it has one.
sub finish {
    my ($command) = @_;
    close $command->{connection};
    my $master = $command->{master} or return;
    unblock($master);
    while (waitpid(-1, WNOHANG) >= 0) {
        return end_all($command) if ${ $command->{stopping} };
        select undef, undef, undef, 0.2;
        1 while sysread $master, my $nothing, 65536;
    }
}

# The caller is gone, in whose place the command was: it ends as its caller did, and what it started is asked to.
sub abandon {
    my ($command) = @_;
    kill 'KILL', $command->{pid};
    end_all($command);
}

# Ends everything that descends from the command.
sub end_all {
    my ($command) = @_;
    $SIG{CHLD} = 'DEFAULT';
    close $command->{master} if $command->{master};
    my $until = time + GRACE;
    my $signal = 'TERM';
    while (my @left = descendants()) {
        kill $signal, @left;
        kill 'CONT', @left;
        $signal = time >= $until ? 'KILL' : 0;
        select undef, undef, undef, 0.02;
        while ((my ($pid, $status) = wait_for_any())[0] > 0) {
            tell_end($command, $status) if $pid == $command->{pid} && ($status & 0xff) != 0x7f;
        }
    }
}

sub descendants {
    my @left = ($$);
    for (my $at = 0; $at < @left; $at++) {
        push @left, children($left[$at]);
    }
    shift @left;
    return @left;
}

sub children {
    my ($pid) = @_;
    opendir my $threads, "/proc/$pid/task" or return ();
    my @lists = map { "/proc/$pid/task/$_/children" } grep { /^\d/ } readdir $threads;
    my @children;
    for my $list (@lists) {
        open my $file, '<', $list or next;
        push @children, split / /, <$file> // '';
    }
    return @children;
}

# -- small things

sub foreground {
    my ($terminal, $group) = @_;
    local $SIG{TTOU} = 'IGNORE';
    ioctl($terminal, TIOCSPGRP, pack 'i', $group);
}

sub send_master {
    my ($connection, $master) = @_;
    my $data = "pty\n";
    my $control = pack 'Q l l l x4', 20, SOL_SOCKET, SCM_RIGHTS, fileno $master;
    my $vector = pack 'P Q', $data, length $data;
    my $message = pack 'Q L x4 P Q P Q l x4', 0, 0, $vector, 1, $control, length $control, 0;
    syscall($SYS->{sendmsg}, fileno $connection, $message, 0);
}

sub say_to { syswrite $_[0], "$_[1]\n" }
sub fail   { say_to($_[0], "failed $_[1] $_[2]") }

# F_SETFL of what F_GETFL tells, and that.
sub unblock { fcntl $_[0], 4, O_NONBLOCK | fcntl $_[0], 3, 0 }
