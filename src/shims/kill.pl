# Signals processes by number. Shells with a hook send what their own `kill` is given here, since a number is one of the machine's, unless a
# process of this workspace on the host has it: never does a signal reach anything else on the host.
use strict;
require "$main::LIB/host.pl";
require "$main::LIB/processes.pl";
require "$main::LIB/calling-shell.pl";
require "$main::LIB/signals.pl";

my $USAGE = "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n";
sub EPERM() { 1 } sub ESRCH() { 3 } sub SIGKILL() { 9 } sub SIGSTOP() { 19 } sub EVERYBODY() { -1 }

# -> never: ends this process, well when at least one was signalled, as kill does
sub end_processes {
    my ($signal, @targets) = read_call(@_);
    my $reached = 0;
    for my $target (@targets) {
        if ($target !~ /^-?\d+$/) {
            print STDERR "kill: $target: arguments must be process or job IDs\n";
            next;
        }
        my $errno = send_signal($signal, $target);
        $reached++ if !$errno;
        complain($target, $errno) if $errno;
    }
    exit($reached ? 0 : 1);
}

sub complain {
    my ($target, $errno) = @_;
    # As a shell says it, and as the program says it to whoever runs it otherwise.
    my $between = has_hook() ? ' - ' : ': ';
    $! = $errno;
    print STDERR "kill: ($target)$between$!\n";
}

# -> number of the signal, then what is to get it
sub read_call {
    my @arguments = @_;
    my $text = 'TERM';
    my $first = $arguments[0] // usage();
    if ($first =~ /^(?:-[sn]|--signal|-q|--queue)$/) {
        (undef, my $value) = splice @arguments, 0, 2;
        $text = $value // usage() if $first !~ /q/;
    }
    elsif ($first =~ /^--signal=(.*)/ || $first =~ /^-[sn](.+)/ && defined signal_number($1)) {
        $text = $1;
        shift @arguments;
    }
    elsif ($first =~ /^(?:-[lLVh]|--[a-z].*)$/ || $first =~ /^-l/) {
        run_on_host('kill', host_program('kill'), @arguments);
    }
    elsif ($first =~ /^-([^-].*)/) {
        $text = $1;
        shift @arguments;
    }
    shift @arguments if @arguments && $arguments[0] eq '--';
    my $signal = signal_number($text) // refuse("kill: $text: invalid signal specification\n", 1);
    usage() if !@arguments;
    return ($signal, @arguments);
}

sub usage { refuse($USAGE, 2) }

sub refuse {
    my ($message, $code) = @_;
    print STDERR $message;
    exit $code;
}

# -> 0, or why not
sub send_signal {
    my ($signal, $target) = @_;
    return signal_everybody($signal) if $target == EVERYBODY;
    return signal_directly($signal, $target) if $target == 0;
    return signal_on_host($signal, $target) if is_ours($target);
    my $pid = in_machine(abs $target) // return ESRCH;
    return EPERM if machine_processes()->{plumbing}{$pid};
    return signal_directly($signal, $target < 0 ? -$pid : $pid);
}

sub signal_directly {
    my ($signal, $pid) = @_;
    return kill($signal, $pid) ? 0 : $! + 0;
}

# Of a group all have to be.
sub is_ours {
    my ($target) = @_;
    return is_of_workspace($target) if $target > 0;
    my @group = group_on_host(-$target);
    return @group && !grep { !is_of_workspace($_) } @group;
}

sub group_on_host {
    my ($group) = @_;
    return grep { $_ != $$ && ((status_of($_) // {})->{NSpgid}[0] // 0) == $group } process_ids();
}

# A shim hands on what it gets, unless nobody can: that goes to its command, and the shim follows.
sub signal_on_host {
    my ($signal, $target) = @_;
    if ($target < 0) {
        my @commands = $signal == SIGSTOP ? map { command_on_host($_) // () } group_on_host(-$target) : ();
        kill $signal, -$_ for @commands;
        return signal_directly($signal, $target);
    }
    my $command = $signal == SIGKILL || $signal == SIGSTOP ? command_on_host($target) : undef;
    return 0 if defined $command && kill $signal, $command;
    return signal_directly($signal, $target);
}

# What the shim of that number stands for, by its number on the host.
sub command_on_host {
    my $command = command_of($_[0]) // return;
    return machine_processes()->{host}{$command};
}

# What the number means in the machine -> number on the host. Without a hook it was most likely told in the host's numbers.
sub in_machine {
    my ($number) = @_;
    my ($host, $inside) = @{ machine_processes() }{qw(host inside)};
    return $host->{ $number - NO_PROCESS() } if $number > NO_PROCESS();
    my $as_inside = $host->{$number};
    my $as_host = defined $inside->{$number} ? $number : undef;
    return has_hook() ? $as_inside // $as_host : $as_host // $as_inside;
}

sub signal_everybody {
    my ($signal) = @_;
    my ($inside, $plumbing) = @{ machine_processes() }{qw(inside plumbing)};
    my @reached = grep { !$plumbing->{$_} && kill $signal, $_ } keys %$inside;
    return @reached ? 0 : ESRCH;
}

1;
