# A command that was given a terminal gets one of its own inside, in the same modes. What is shown there comes here. What is typed here goes there
# byte for byte, where the command's input and output are both the terminal; else whoever reads the output may be who is typed to, as in
# `node x.js | less`.
use strict;

sub TCGETS() { 0x5401 } sub TCSETSW() { 0x5403 } sub TIOCGPGRP() { 0x540F } sub TIOCGWINSZ() { 0x5413 } sub TIOCSWINSZ() { 0x5414 }
# Of struct termios: c_iflag, c_oflag, c_cflag, c_lflag, c_line, c_cc.
sub MODES() { 'L4 C C19' }
sub ISIG() { 1 } sub VINTR() { 0 } sub VQUIT() { 1 } sub VEOF() { 4 } sub VTIME() { 5 } sub VMIN() { 6 }
sub MSG_CMSG_CLOEXEC() { 0x40000000 }
sub SIGHUP() { 1 } sub OPOST() { 1 }
# Seconds.
sub FOREGROUND_INTERVAL() { 0.2 }

# $numbers: what of the command's files are to be that terminal; @handles: those of the three that are it
# -> {modes, size, numbers} for the request, and for here: handle, shown on, whether it is typed to
sub terminal {
    my ($numbers, @handles) = @_;
    my ($modes, $size) = ("\0" x 60, "\0" x 8);
    ioctl($handles[0], TCGETS, $modes) or return;
    ioctl($handles[0], TIOCGWINSZ, $size);
    my %is = map { fileno($_) => $_ } @handles;
    return {
        modes => $modes, size => $size, numbers => "@$numbers",
        handle => $handles[0], shown_on => $is{1} // $is{2} // $is{0}, is_typed_to => $is{0} && $is{1},
    };
}

# Until the command's end. -> errno and what, when it could not be started
sub relay {
    my ($sys, $connection, $terminal) = @_;
    my ($text, $master) = receive_master($sys, $connection);
    return take($text) if !$master;
    my $link = { %$terminal, connection => $connection, master => $master, text => '', raw => 0 };
    my $forward = $SIG{CONT};
    $SIG{WINCH} = sub { copy_size($link) };
    $SIG{CONT} = sub { enter($link); copy_size($link); $forward->() };
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
    return if !$link->{is_typed_to};
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
    @$link{qw(raw end_of_input)} = (1, chr $cc[VEOF]);
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
    my ($link) = @_;
    my $size = "\0" x 8;
    ioctl($link->{master}, TIOCSWINSZ, $size) if ioctl($link->{handle}, TIOCGWINSZ, $size);
}

sub wait_for {
    my ($link) = @_;
    my $ready = '';
    vec($ready, fileno $_, 1) = 1 for $link->{connection}, $link->{ended} ? () : $link->{master}, $link->{raw} ? \*STDIN : ();
    # A job that comes to the foreground without having been stopped is not told.
    my $is_waiting = $link->{is_typed_to} && !$link->{raw} && !$link->{hung_up};
    if (select($ready, undef, undef, $is_waiting ? FOREGROUND_INTERVAL : undef) <= 0) {
        enter($link) if $is_waiting;
        return;
    }
    return map { vec $ready, fileno $_, 1 } \*STDIN, $link->{master}, $link->{connection};
}

sub type {
    my ($link) = @_;
    my $got = sysread STDIN, my $typed, 65536;
    return hang_up($link) if !$got && $! != EINTR;
    # An end of input that was typed before the change of mode has become a zero byte.
    my $end = delete $link->{end_of_input};
    $typed =~ s/\0/$end/g if defined $end;
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
    $shown =~ s/\r\n/\n/g if !$link->{raw} && ends_lines($link);
    write_all($link->{shown_on}, $shown) if !$link->{hung_up};
    return 1;
}

# Where this terminal does to the ends of lines what the command's own has done already: in no raw mode, of this process or of another.
sub ends_lines {
    my ($link) = @_;
    my $modes = "\0" x 60;
    return ioctl($link->{shown_on}, TCGETS, $modes) && (unpack MODES, $modes)[1] & OPOST;
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
        my @failure = take($line, $link->{is_typed_to});
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
