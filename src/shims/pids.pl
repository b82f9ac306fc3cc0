# Runs what lists processes or ends them by name: ps, pgrep, pkill, killall, pidof, pstree, lsof, fuser, ss and netstat. They run in the machine, where numbers
# are the machine's own. What they are told may be a number of the host's: `$!` is a shim's, `$$` a shell's. What they print may be
# read by a shell whose `kill` knows the host's numbers only.
use strict;
require "$main::LIB/host.pl";
require "$main::LIB/processes.pl";
require "$main::LIB/calling-shell.pl";
require "$main::LIB/pid-arguments.pl";

my %PRINTS_PIDS = map { $_ => 1 } qw(ps pgrep pidof pstree lsof fuser ss netstat);

sub run_about_processes {
    my ($name, @arguments) = @_;
    # What is asked for by that it is none of these may be anybody's.
    my ($has_ours, $has_others) = (0, $name eq 'pkill' && grep { /^--inv/ } @arguments);
    my @translated = map_pids($name, sub {
        # The tool's own.
        return $_[0] if $_[0] == 0;
        my $number = number_inside($_[0]);
        defined $number ? $has_others++ : $has_ours++;
        # The machine knows none of ours, and has others by those numbers.
        return $number // NO_PROCESS() + $_[0];
    }, @arguments);
    # With a number that is not ours the host would have all the user's processes to end.
    run_on_host($name, host_program($name), @arguments) if $has_ours && !$has_others;
    if ($name =~ /^(?:pkill|killall)$/) {
        require "$main::LIB/by-name.pl";
        end_by_name($name, @translated) if may_mean_plumbing($name, @translated);
    }
    run_in_machine($name, @translated) if !$PRINTS_PIDS{$name} || has_hook();
    require "$main::LIB/pid-output.pl";
    run_translated($name, @translated);
}

# -> what the number is called in the machine, or nothing when it is a process of this workspace on the host
sub number_inside {
    my ($number) = @_;
    return command_of($number) if is_of_workspace($number);
    my ($host, $inside) = @{ machine_processes() }{qw(host inside)};
    return $number - NO_PROCESS() if $number > NO_PROCESS();
    return $inside->{$number} // $number if !has_hook() || !defined $host->{$number};
    return $number;
}

1;
