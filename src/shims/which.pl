# Tells which program a command is, for a person.
use strict;

# For a shell inside.
my $FIND = <<'END';
IFS=:
set -f
for directory in $PATH; do
  if [ -f "$directory/$1" ] && [ -x "$directory/$1" ]; then printf '%s\n' "$directory/$1"; exit; fi
done
exit 1
END

# Prints its path. -> exit code: 1 when there is none, 2 when that is not known
sub tell_program {
    my ($place, $name) = @_;
    # What has been printed comes first.
    $| = 1;
    return tell_on_host($name) if $place eq 'host';
    require "$main::LIB/transport.pl";
    # Ends this process, unless there is no machine to ask: one that is not there is not started just to be asked.
    run_inside(\%main::WORKSPACE, { argv => ['sh', '-c', $FIND, 'sh', $name], cwd => $main::WORKSPACE{worktree}, env => [] });
    return 2;
}

sub tell_on_host {
    my ($name) = @_;
    require "$main::LIB/host.pl";
    my $program = host_program($name) // return 1;
    print "$program\n";
    return 0;
}

1;
