# A command that was given a terminal gets one of its own inside, in the same modes. What is typed here goes there byte for byte, what is
# shown there comes here.
use strict;

sub TCGETS() { 0x5401 } sub TCSETSW() { 0x5403 } sub TIOCGPGRP() { 0x540F } sub TIOCGWINSZ() { 0x5413 } sub TIOCSWINSZ() { 0x5414 }
# Of struct termios: c_iflag, c_oflag, c_cflag, c_lflag, c_line, c_cc.
sub MODES() { 'L4 C C19' }
sub ISIG() { 1 } sub VINTR() { 0 } sub VQUIT() { 1 } sub VTIME() { 5 } sub VMIN() { 6 }
sub MSG_CMSG_CLOEXEC() { 0x40000000 }
sub SIGHUP() { 1 } sub SIGTSTP() { 20 }

sub terminal {
    my ($modes, $size) = ("\0" x 60, "\0" x 8);
    ioctl(STDIN, TCGETS, $modes) or return;
    ioctl(STDIN, TIOCGWINSZ, $size);
    return { modes => $modes, size => $size };
}

# Until the command's end. -> errno and what, when it could not be started
sub relay {
    my ($sys, $connection, $terminal) = @_;
    my ($text, $master) = receive_master($sys, $connection);
    return take($text) if !$master;
    my $link = { connection => $connection, master => $master, modes => $terminal->{modes}, text => '', raw => 0 };
    my $forward = $SIG{CONT};
    $SIG{WINCH} = sub { copy_size($master) };
    $SIG{CONT} = sub { enter($link); copy_size($master); $forward->() };
    # A job in the background may write to the terminal, but not take it over.
    $SIG{TTOU} = 'IGNORE';
    unblock($master);
    enter($link);
    while (1) {
        my ($typed, $shown, $told) = wait_for($link);
        type($link) if $typed;
        show($link) if $shown;
        next if !$told;
        my @failure = hear($link);
        return @failure if @failure;
    }
}

sub receive_master {
    my ($sys, $connection) = @_;
    my ($data, $control) = ("\0" x 4096, "\0" x 64);
    my $vector = pack 'P Q', $data, length $data;
    my $message = pack 'Q L x4 P Q P Q l x4', 0, 0, $vector, 1, $control, length $control, 0;
    my $got;
    do { $got = syscall $sys->{recvmsg}, fileno $connection, $message, MSG_CMSG_CLOEXEC } while $got < 0 && $! == EINTR;
    my $text = $got > 0 ? substr $data, 0, $got : "failed 5 terminal\n";
    return ($text) if unpack('x40 Q', $message) < 20;
    open my $master, '+<&=', unpack('x16 l', $control);
    return ($text, $master);
}

# Raw, for as long as this job is the one that the terminal belongs to.
sub enter {
    my ($link) = @_;
    my $group = pack 'i', 0;
    ioctl(STDIN, TIOCGPGRP, $group);
    return if unpack('i', $group) != getpgrp;
    my ($iflag, $oflag, $cflag, $lflag, $line, @cc) = unpack MODES, $link->{modes};
    # As cfmakeraw(3) does.
    $iflag &= ~02753;
    $oflag &= ~01;
    $lflag &= ~0100113;
    $cflag = $cflag & ~0460 | 060;
    @cc[VMIN, VTIME] = (1, 0);
    ioctl(STDIN, TCSETSW, pack(MODES, $iflag, $oflag, $cflag, $lflag, $line, @cc) . substr $link->{modes}, 36);
    $link->{raw} = 1;
}

# What the command has made of its terminal's modes is what becomes of this one's.
sub leave {
    my ($link) = @_;
    return if !$link->{raw};
    my $modes = "\0" x 60;
    $link->{modes} = $modes if ioctl $link->{master}, TCGETS, $modes;
    ioctl(STDIN, TCSETSW, $link->{modes});
    $link->{raw} = 0;
}

sub copy_size {
    my ($master) = @_;
    my $size = "\0" x 8;
    ioctl($master, TIOCSWINSZ, $size) if ioctl(STDIN, TIOCGWINSZ, $size);
}

sub wait_for {
    my ($link) = @_;
    my $ready = '';
    vec($ready, fileno $_, 1) = 1 for $link->{connection}, $link->{ended} ? () : $link->{master}, $link->{raw} ? \*STDIN : ();
    select($ready, undef, undef, undef) > 0 or return;
    return map { vec $ready, fileno $_, 1 } \*STDIN, $link->{master}, $link->{connection};
}

sub type {
    my ($link) = @_;
    my $got = sysread STDIN, my $typed, 65536;
    return hang_up($link) if !$got && $! != EINTR;
    signal_job($link, $typed);
    write_all($link->{master}, $typed);
}

# The terminal was closed, which the command is to hear of; what it still says is lost.
sub hang_up {
    my ($link) = @_;
    @$link{qw(raw hung_up)} = (0, 1);
    syswrite $link->{connection}, chr SIGHUP;
}

# What a key does to a job it does to all of it: to the script that runs this command too.
sub signal_job {
    my ($link, $typed) = @_;
    my $modes = "\0" x 60;
    ioctl($link->{master}, TCGETS, $modes) or return;
    my (undef, undef, undef, $lflag, undef, @cc) = unpack MODES, $modes;
    return if !($lflag & ISIG);
    for my $key ([VINTR, 'INT'], [VQUIT, 'QUIT']) {
        next if $cc[$key->[0]] == 0 || index($typed, chr $cc[$key->[0]]) < 0;
        local $SIG{ $key->[1] } = 'IGNORE';
        kill $key->[1], 0;
    }
}

sub show {
    my ($link) = @_;
    my $got = sysread $link->{master}, my $shown, 65536;
    if (!$got) {
        $link->{ended} = 1 if $! != EAGAIN && $! != EINTR;
        return 0;
    }
    # Where this terminal is not in raw mode, it does to the ends of lines what the command's own has done already.
    $shown =~ s/\r\n/\n/g if !$link->{raw};
    write_all(\*STDOUT, $shown) if !$link->{hung_up};
    return 1;
}

sub hear {
    my ($link) = @_;
    my $got = sysread $link->{connection}, $link->{text}, 4096, length $link->{text};
    return if !defined $got;
    $link->{text} = "signal 9\n" if !$got;
    while ($link->{text} =~ s/^(.*)\n//) {
        my $line = $1;
        if ($line !~ /^started/) {
            1 while show($link);
            leave($link);
        }
        my @failure = take($line);
        return @failure if @failure;
    }
    return;
}

sub unblock {
    my ($handle) = @_;
    my $flags = fcntl $handle, 3, 0;
    fcntl $handle, 4, $flags | 04000;
}

1;
