#!/usr/bin/perl -tX
# What stands in front of PATH in a workspace under the name of each routed command: runs the command in the workspace's machine, or on the host
# the next program of that name. No module is loaded, since each would cost a command more than all of this; -t keeps PERL5LIB and PERL5OPT,
# which may name a directory of the repo, from loading one.
#
# It lies at DIR/bin/NAME, as a link. DIR/workspace says whose shims these are, in lines of "key value" (src/shims/directory.ts).
use strict;

our ($DIR, $NAME) = $0 =~ m{^(.*)/bin/([^/]+)$} or die "$0: to be called by a link in a directory of shims\n";
our $LIB = (readlink $0) =~ s{/[^/]+$}{}r;
our %WORKSPACE = read_workspace();
our $ARCH = $WORKSPACE{arch};
require "$LIB/route.pl";

my ($place, $why, $is_agents_own) = decide($NAME, \@ARGV);
if ($ENV{DUAL_WHICH}) {
    print "$place\t$why\n";
    exit 0 if $ENV{DUAL_WHICH} ne 'shell';
    require "$LIB/which.pl";
    exit tell_program($place, $NAME);
}
if ($place eq 'host') {
    require "$LIB/host.pl";
    my $program = host_program($NAME);
    # With all that it starts in turn, as `npx` starts a server by a shell.
    $ENV{DUAL_BYPASS} = 1 if $is_agents_own;
    run_on_host($NAME, $program, @ARGV);
}
require "$LIB/inside.pl";
if ($NAME eq 'kill') {
    require "$LIB/kill.pl";
    end_processes(@ARGV);
}
if ($NAME =~ /^(?:ps|pgrep|pkill|killall|pidof|pstree|lsof|fuser|ss|netstat)$/) {
    require "$LIB/pids.pl";
    run_about_processes($NAME, @ARGV);
}
run_in_machine($NAME, @ARGV);

sub read_workspace {
    open my $file, '<', "$DIR/workspace" or return ();
    return map { chomp; split / /, $_, 2 } <$file>;
}
