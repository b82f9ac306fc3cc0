# Process numbers among the arguments of what lists processes, or ends them by name.
use strict;

# Letters of options whose value is a list of process numbers, and of those with another value; long ones of the first kind; whether a number by itself
# is one; whether letters without a dash are options.
my %GRAMMAR = (
    ps => { pids => 'pqgs', values => 'CGOotUukn', long => qr/^(?:pid|ppid|quick-pid|sid)$/, bare => 1, bsd => 1 },
    pgrep => { pids => 'Pgs', values => 'dFGtuUr', long => qr/^(?:parent|pgroup|session)$/ },
    lsof => { pids => 'pg', values => 'cdDeFfikoSsTuzZ' },
    pstree => { pids => '', values => 'HCNT', bare => 1 },
);
$GRAMMAR{pkill} = $GRAMMAR{pgrep};

# Gives each number among the arguments to the function. -> the arguments with what it gave back
sub map_pids {
    my ($name, $function, @arguments) = @_;
    my $grammar = $GRAMMAR{$name} or return @arguments;
    my $list = sub { $_[0] =~ s/\d+/$function->($&)/ger };
    my @mapped;
    while (@arguments) {
        my $argument = shift @arguments;
        return (@mapped, $argument, @arguments) if $argument eq '--';
        my ($own, $expects) = map_argument($grammar, $argument, $list);
        push @mapped, $own;
        next if !$expects || !@arguments || $expects eq 'value' && $arguments[0] =~ /^-/;
        my $value = shift @arguments;
        push @mapped, $expects eq 'pids' && is_list($value) ? $list->($value) : $value;
    }
    return @mapped;
}

# -> the argument, and what has to follow: "pids", "value" or nothing
sub map_argument {
    my ($grammar, $argument, $list) = @_;
    return ($list->($argument)) if $grammar->{bare} && $argument =~ /^-?\d[\d,]*$/;
    if ($argument =~ /^--([a-z-]+)(=?)(.*)/) {
        my ($name, $value) = ($1, $3);
        return ($argument) if !$grammar->{long} || $name !~ $grammar->{long};
        return $2 ? ("--$name=" . $list->($value)) : ($argument, 'pids');
    }
    return map_letters($argument, $grammar->{pids}, $grammar->{values}, $list) if $argument =~ /^[-+]\D/;
    return map_letters($argument, 'pq', 'kOotU', $list) if $grammar->{bsd};
    return ($argument);
}

sub map_letters {
    my ($argument, $pids, $values, $list) = @_;
    my $with_value = "$pids$values";
    my ($before, $letter, $value) = $argument =~ /^([^\Q$with_value\E]*)([\Q$with_value\E])(.*)/s or return ($argument);
    my $kind = index($pids, $letter) >= 0 ? 'pids' : 'value';
    return ($argument, $kind) if $value eq '';
    return ($kind eq 'pids' && is_list($value) ? "$before$letter" . $list->($value) : $argument);
}

sub is_list {
    return $_[0] =~ /^[\^\d][\d, ^]*$/;
}

1;
