# For files that the machine does not have: it gets one end of a pipe, and a process on the host copies between that and the file.
use strict;

sub F_GETFL() { 3 } sub O_ACCMODE() { 3 } sub O_RDONLY() { 0 }
# Seconds for what was written last; something that the command has left behind may hold the pipe for longer.
sub PATIENCE() { 2 }

my (@handed_over, @writers);

# -> the file descriptor to be handed over in the place of that one
sub copied {
    my ($sys, $fd) = @_;
    my $is_read = (syscall($sys->{fcntl}, $fd, F_GETFL, 0) & O_ACCMODE) == O_RDONLY;
    pipe my $from, my $to or die "pipe: $!\n";
    my $pid = fork // die "fork: $!\n";
    if ($pid == 0) {
        # A key that ends the command may not end what still copies its last words.
        $SIG{$_} = 'IGNORE' for qw(INT QUIT TERM HUP TSTP PIPE);
        close($is_read ? $from : $to);
        open my $file, $is_read ? '<&=' : '>&=', $fd or exit 1;
        copy($is_read ? ($file, $to) : ($from, $file));
        exit 0;
    }
    push @handed_over, $from, $to;
    push @writers, $pid if !$is_read;
    return fileno($is_read ? $from : $to);
}

sub copy {
    my ($from, $to) = @_;
    while (sysread $from, my $data, 65536) {
        write_all($to, $data) or return;
    }
}

# Once the machine has its ends.
sub close_copied {
    close $_ for splice @handed_over;
}

# Before this process ends: whoever waits for it may look at the file.
sub finish_copies {
    local $SIG{ALRM} = sub { die "enough\n" };
    eval {
        alarm PATIENCE;
        waitpid $_, 0 for splice @writers;
        alarm 0;
    };
}

1;
