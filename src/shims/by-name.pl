# pkill and killall where what they are told may mean what the machine itself consists of: everything else of that name is ended.
use strict;
require "$main::LIB/signals.pl";

# Bytes of numbers that are read: more processes than any machine has.
sub MOST_NUMBERS() { 1024 * 1024 }

# What killall takes a value for.
my $KILLALL_VALUE = qr/^(?:-[nosuyZ]|--(?:ns|older-than|signal|user|younger-than|context))$/;

# Without a name it may be anything.
sub may_mean_plumbing {
    my ($name, @arguments) = @_;
    my @patterns = patterns($name, @arguments) or return 1;
    for my $pid (keys %{ machine_processes()->{plumbing} }) {
        my $title = contents("/proc/$pid/comm") =~ s/\n//r;
        my $line = contents("/proc/$pid/cmdline") =~ tr/\0/ /r;
        return 1 if grep { is_meant($name, $_, $title) || is_meant($name, $_, $line) } @patterns;
    }
    return 0;
}

sub is_meant {
    my ($name, $pattern, $text) = @_;
    return $pattern eq $text if $name eq 'killall' && $pattern !~ /[^\w.-]/;
    return eval { $text =~ /$pattern/i } // 1;
}

sub patterns {
    my ($name, @arguments) = @_;
    my @found;
    while (@arguments) {
        my $argument = shift @arguments;
        return (@found, @arguments) if $argument eq '--';
        if ($argument !~ /^-./) { push @found, $argument }
        elsif ($name eq 'killall' ? $argument =~ $KILLALL_VALUE : takes_value($argument)) { shift @arguments }
    }
    return @found;
}

sub takes_value {
    my ($argument) = @_;
    return 0 if defined signal_number(substr $argument, 1);
    return $argument =~ /^--(?:signal|queue|parent|pgroup|session|pidfile|group|terminal|uid|euid|runstates|ns|nslist|cgroup)$/
        || $argument =~ /^-[^-]*[FGPUgqrstu]$/;
}

# Ends this process as the command would.
sub end_by_name {
    my ($name, @arguments) = @_;
    my ($signal, @selection) = split_signal(@arguments);
    my $machine = machine_processes();
    my @pids = $name eq 'pkill' ? matches_of_pgrep(@selection) : matches_by_title(@selection);
    my @meant = grep { defined && !$machine->{plumbing}{$_} } map { $machine->{host}{$_} } @pids;
    kill $signal, @meant;
    exit 0 if @meant;
    if ($name eq 'killall' && !grep { /^(?:-q|--quiet)$/ } @selection) {
        print STDERR "$_: no process found\n" for patterns($name, @selection);
    }
    exit 1;
}

sub split_signal {
    my @rest;
    my $signal = 15;
    while (@_) {
        my $argument = shift;
        if ($argument eq '--') { return ($signal, @rest, $argument, @_) }
        if ($argument =~ /^(?:--signal|-s)$/ && defined signal_number($_[0] // '')) { $signal = signal_number(shift) }
        elsif ($argument =~ /^--signal=(.*)/) { $signal = signal_number($1) // 15 }
        elsif ($argument =~ /^-(\w+)$/ && defined signal_number($1)) { $signal = signal_number($1) }
        else { push @rest, $argument }
    }
    return ($signal, @rest);
}

# What pgrep prints for the same selection.
sub matches_of_pgrep {
    my @selection = map { s/^(-[a-zA-Z]*)e/$1/r } grep { !/^(?:-[ec]|--echo|--count)$/ } @_;
    my $pid = open(my $output, '-|') // return;
    run_in_machine('pgrep', @selection) if $pid == 0;
    read $output, my $text, MOST_NUMBERS;
    my @pids = $text =~ /^(\d+)/mg;
    close $output;
    exit($? >> 8) if $? >> 8 > 1;
    return @pids;
}

sub matches_by_title {
    my %named = map { substr($_, 0, 15) => 1 } patterns('killall', @_);
    my $inside = machine_processes()->{inside};
    return map { $inside->{$_} } grep { $named{ contents("/proc/$_/comm") =~ s/\n//r } } keys %$inside;
}

1;
