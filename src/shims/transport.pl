# Runs a command in the machine: hands the machine's command server (src/guest/command-server.pl, where the protocol is told) this process's own
# files, and stands for the command until it has ended.
use strict;

my %SYSCALL = (x64 => { sendmsg => 46, recvmsg => 47, prctl => 157 }, arm64 => { sendmsg => 211, recvmsg => 212, prctl => 167 });

# Constants as such would cost a module, and so the start of every command a millisecond.
sub AF_UNIX() { 1 } sub SOCK_STREAM() { 1 } sub SOL_SOCKET() { 1 } sub SCM_RIGHTS() { 1 }
sub O_PATH() { 010000000 } sub O_NOFOLLOW() { 0400000 }
sub PR_SET_DUMPABLE() { 4 }
sub EINTR() { 4 } sub EAGAIN() { 11 }

sub VERSION() { 1 }

# What a caller may send to the command by sending it to this process. The numbers are the same on both sides.
my %FORWARDED = (HUP => 1, INT => 2, QUIT => 3, USR1 => 10, USR2 => 12, ALRM => 14, TERM => 15, CONT => 18, TSTP => 20, TTIN => 21, TTOU => 22, WINCH => 28);

# $machine: {socket, arch}; $command: {argv, cwd, env (list of NAME=VALUE)}
# Ends this process as the command ended. -> only when the command was not started: errno and what could not be done, or nothing
# at all when no machine answers
sub run_inside {
    my ($machine, $command) = @_;
    my $sys = $SYSCALL{ $machine->{arch} };
    my $connection = connect_to($machine->{socket}) or return;
    my @closed = map { closed($_) } 0 .. 2;
    my $terminal = grep({ $_ } @closed) ? undef : own_terminal();
    my @passed = $terminal ? () : grep { !$closed[$_] } 0 .. 2;
    my $ignored = join ' ', grep { ($SIG{$_} // '') eq 'IGNORE' } keys %FORWARDED;
    my $request = pack '(N/a*)*', VERSION, join('', @passed), $terminal ? @$terminal{qw(modes size)} : ('', ''), umask, getpriority(0, 0),
        $ignored, $command->{cwd}, scalar @{ $command->{argv} }, @{ $command->{argv} }, @{ $command->{env} };
    for my $name (grep { ($SIG{$_} // '') ne 'IGNORE' } keys %FORWARDED) {
        my $byte = chr $FORWARDED{$name};
        $SIG{$name} = sub { syswrite $connection, $byte };
    }
    $SIG{PIPE} = 'IGNORE';
    send_request($sys, $connection, $request, @passed) or return;
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

# Where the caller closed one of the three, this very script has been opened in its place, or nothing is there.
sub closed {
    my ($fd) = @_;
    my $file = readlink "/proc/self/fd/$fd" // return 1;
    my ($device, $inode) = stat "/proc/self/fd/$fd" or return 1;
    my ($own_device, $own_inode) = stat $0;
    return $device == $own_device && $inode == $own_inode && $file =~ /\.pl$/;
}

# When all three are one terminal, the command gets one of its own. -> {modes, size} of this one
sub own_terminal {
    -t STDIN && -t STDOUT && -t STDERR or return;
    my @devices = map { (stat $_)[6] } \*STDIN, \*STDOUT, \*STDERR;
    return if $devices[0] != $devices[1] || $devices[1] != $devices[2];
    require "$main::LIB/terminal.pl";
    return terminal();
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
    my ($kind, $number, $what) = split / /, $_[0], 3;
    return ($number, $what) if $kind eq 'failed';
    exit $number if $kind eq 'exit';
    end_by($number) if $kind eq 'signal';
    stop_by($number) if $kind eq 'stopped';
    return;
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
    my ($number) = @_;
    my ($name) = grep { $FORWARDED{$_} == $number } keys %FORWARDED;
    local $SIG{$name} = 'DEFAULT' if defined $name;
    kill $number, $name eq 'TSTP' ? 0 : $$;
}

1;
