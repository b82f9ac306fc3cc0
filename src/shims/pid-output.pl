# What tools print with the machine's process numbers, told in the host's.
use strict;
require "$main::LIB/transport.pl";
require "$main::LIB/pid-tables.pl";

# What follows of the arguments: a function that takes a line and gives it back translated.
my %TRANSLATOR = (
    ps => \&ps_translator,
    lsof => \&lsof_translator,
    pgrep => sub {
        my $is_counting = grep { /^(?:--count|-[filnovxwaLH]*c[a-zA-Z]*)$/ } @_;
        my $has_names = grep { /^(?:--list-(?:name|full)|-[filnovxwacLH]*[la][a-zA-Z]*)$/ } @_;
        return sub { $_[0] } if $is_counting;
        return $has_names ? sub { $_[0] =~ s/^\d+/number_on_host($&)/er } : \&every_number;
    },
    pidof => sub { \&every_number },
    fuser => sub { \&every_number },
    ss => sub { sub { $_[0] =~ s/\bpid=\K\d+/number_on_host($&)/ger } },
    netstat => sub { sub { $_[0] =~ s{\s\K(\d+)(/\S+)( *)}{ replaced_left($1, $2, $3) }ger } },
    pstree => sub { sub { $_[0] =~ s/\(\K\d+(?:,\d+)*(?=\))/every_number($&)/ger } },
);

# Ends this process as the command ended.
sub run_translated {
    my ($name, @arguments) = @_;
    my $translate = $TRANSLATOR{$name}->(@arguments);
    @arguments = with_heading(@arguments) if $name eq 'ps';
    pipe(my $output, my $input);
    my $pid = fork // run_in_machine($name, @arguments);
    if ($pid == 0) {
        close $output;
        open STDOUT, '>&', $input;
        close $input;
        run_in_machine($name, @arguments);
    }
    close $input;
    for my $signal (qw(HUP INT QUIT TERM USR1 USR2)) {
        $SIG{$signal} = sub { kill $signal, $pid } if ($SIG{$signal} // '') ne 'IGNORE';
    }
    copy_lines($output, $translate);
    waitpid $pid, 0;
    end_by($? & 127) if $? & 127;
    exit($? >> 8);
}

# Bytes of a line that are waited for.
sub LONGEST_LINE() { 1024 * 1024 }

sub copy_lines {
    my ($output, $translate) = @_;
    my $text = '';
    while (1) {
        my $got = sysread $output, $text, 65536, length $text;
        next if !defined $got && $! == EINTR();
        my $end = rindex($text, "\n") + 1;
        $end = length $text if !$got || length($text) - $end > LONGEST_LINE;
        my $whole = substr $text, 0, $end, '';
        write_all(\*STDOUT, join '', map { $translate->($_) } $whole =~ /[^\n]*\n|[^\n]+/g) or return;
        return if !$got;
    }
}

sub number_on_host {
    my ($number) = @_;
    return $number if $number == 0;
    forget_machine() if !defined machine_processes()->{host}{$number};
    my $machine = machine_processes();
    my $pid = $machine->{host}{$number};
    # What the machine consists of is nobody's to end.
    return defined $pid && !$machine->{plumbing}{$pid} ? $pid : NO_PROCESS() + $number;
}

sub every_number {
    return $_[0] =~ s/\d+/number_on_host($&)/ger;
}

sub replaced_left {
    my ($number, $name, $space) = @_;
    my $text = number_on_host($number) . $name;
    my $width = length "$number$name$space";
    return $space eq '' ? $text : $text . ' ' x max_of(1, $width - length $text);
}

sub max_of { $_[0] > $_[1] ? $_[0] : $_[1] }

1;
