# Columns of process numbers in what ps and lsof print.
use strict;

my %PID_COLUMN = map { $_ => 1 } qw(PID PPID PGID PGRP SID SESS SESSION TGID TPGID);
# Columns of more than one word: what comes after them can be found by its place only.
my %WORDS = map { $_ => 1 } qw(COMMAND CMD ARGS UCMD UCOMM COMM LSTART STARTED LABEL CGROUP ENVIRON);

sub lsof_translator {
    return \&every_number if grep { /^-[abCEhlMnNOPQRUVwX]*t/ } @_;
    # A field in each line, named by its first letter.
    return sub { $_[0] =~ s/^([pgR])(\d+)/$1 . number_on_host($2)/er } if grep { /^-[abCEhlMnNOPQRtUVwX]*F/ } @_;
    my @columns;
    return sub {
        my ($line) = @_;
        return columns_translated($line, @columns) if $line !~ /^COMMAND\s/;
        @columns = columns_of($line);
        return $line;
    };
}

sub ps_translator {
    my @format = format_of(@_);
    my $is_hidden = with_heading(@_) ne @_ || grep({ hides_heading($_) } @_);
    my @columns = grep { defined $_->{index} } columns_of(uc join(' ', @format), %WORDS);
    my $line = 0;
    return sub {
        my ($text) = @_;
        return columns_translated($text, @columns) if $line++ > 0 || @format && $text !~ /[A-Z]/;
        my @named = columns_of($text, %WORDS);
        @columns = @format ? (@columns, grep { defined $_->{end} } @named) : @named;
        return $is_hidden ? '' : $text;
    };
}

# -> the arguments without what hides the heading, which names the columns
sub with_heading {
    my @kept;
    for my $argument (@_) {
        next if $argument =~ /^--no-?head(?:ing|er)s?$/;
        push @kept, hides_heading($argument) ? $argument =~ s/^([^oOkptUq]*?)h/$1/r : $argument;
    }
    return grep { $_ ne '' } @kept;
}

sub hides_heading {
    return $_[0] =~ /^--no-?head(?:ing|er)s?$/ || $_[0] =~ /^[ACTXacefgjlmnrsuvwxH]*h[A-Za-z]*$/;
}

# -> the names of the columns that were asked for
sub format_of {
    my @names;
    while (@_) {
        my $argument = shift;
        my ($value) = $argument =~ /^(?:--format=|-[a-zA-Z]*?o|[a-zA-Z]*o(?=$))(.*)/s or next;
        push @names, map { /^([\w%]+)/ } split /[, ]+/, $value eq '' ? shift // '' : $value;
    }
    return @names;
}

# Of a heading, and the names of columns of more than one word. -> for each column of process numbers {index} or, when another may have any number of words before it, the
# {end} of its name
sub columns_of {
    my ($heading, %words) = @_;
    my ($index, $is_certain, @columns) = (0, 1);
    while ($heading =~ /(\S+)/g) {
        push @columns, $is_certain ? { index => $index } : { end => $+[0] } if $PID_COLUMN{$1};
        $is_certain &&= !$words{$1};
        $index++;
    }
    return @columns;
}

sub columns_translated {
    my ($line, @columns) = @_;
    my @words;
    push @words, [$-[0], $+[0]] while $line =~ /\S+/g;
    my @numbers = map { defined $_->{index} ? $words[ $_->{index} ] : word_at($_->{end} - 1, @words) } @columns;
    # From the right, since what is to the right of a longer number moves.
    for my $word (sort { $b->[0] <=> $a->[0] } grep { defined } @numbers) {
        $line = number_replaced($line, @$word);
    }
    return $line;
}

sub word_at {
    my ($place, @words) = @_;
    return grep { $_->[0] <= $place && $place < $_->[1] } @words;
}

# Numbers stand at the right of their columns.
sub number_replaced {
    my ($line, $start, $end) = @_;
    my $number = substr $line, $start, $end - $start;
    return $line if $number !~ /^\d+$/;
    my $text = number_on_host($number);
    my $before = substr $line, 0, $start;
    for (1 .. length($text) - length $number) {
        $before =~ s/(?:^|(?<= )) $// or last;
    }
    return $before . ' ' x max_of(0, length($number) - length $text) . $text . substr $line, $end;
}

1;
