# Runs a command on the host, as if there were no shims.
use strict;

# Becomes that program, as found by host_program.
sub run_on_host {
    my ($name, $program, @arguments) = @_;
    not_found($name) if !defined $program;
    # As a shell would have set it; what this process was called is nothing to go by.
    $ENV{_} = $program if exists $ENV{_};
    exec { $program } $name, @arguments;
    print STDERR "$program: $!\n";
    exit($! == 2 ? 127 : 126);
}

sub host_program {
    my ($name) = @_;
    my $shims = $main::DIR =~ s{/[^/]+$}{}r;
    # What the repo offers is for the machine, unless somebody asks for the host by that word.
    my $is_asked_for = ($ENV{DUAL_BYPASS} // '') ne '';
    for my $directory (split /:/, $ENV{PATH}) {
        next if index($directory, "$shims/") == 0;
        next if !$is_asked_for && ($directory !~ m{^/} || is_within($directory, $main::WORKSPACE{worktree} // '/'));
        my $program = ($directory eq '' ? '.' : $directory) . "/$name";
        return $program if -f $program && -x _;
    }
    return;
}

sub not_found {
    my ($name) = @_;
    print STDERR "$name: command not found\n";
    exit 127;
}

1;
