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
    my $is_about_host = 0;
    my @translated = map_pids($name, sub { number_inside($_[0]) // do { $is_about_host = 1; $_[0] } }, @arguments);
    run_on_host($name, @arguments) if $is_about_host;
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
