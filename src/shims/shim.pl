#!/usr/bin/perl
# What stands in front of PATH in a workspace under the name of each routed command: runs the command in the workspace's machine, or on the host
# the next program of that name. No module is loaded, since each would cost a command more than all of this.
#
# It lies at DIR/bin/NAME, as a link. DIR/workspace says whose shims these are, in lines of "key value" (src/shims/directory.ts).
use strict;

our ($DIR, $NAME) = $0 =~ m{^(.*)/bin/([^/]+)$} or die "$0: to be called by a link in a directory of shims\n";
our $LIB = (readlink $0) =~ s{/[^/]+$}{}r;
our %WORKSPACE = read_workspace();
our $ARCH = $WORKSPACE{arch};
require "$LIB/route.pl";

my ($place, $why) = decide($NAME, \@ARGV);
if ($ENV{DUAL_WHICH}) {
    print "$place\t$why\n";
    exit 0;
}
require "$LIB/host.pl" if $place ne 'container';
run_on_host($NAME, @ARGV) if $place eq 'host';
require "$LIB/inside.pl";
run_in_machine($NAME, @ARGV);

sub read_workspace {
    open my $file, '<', "$DIR/workspace" or return ();
    return map { chomp; split / /, $_, 2 } <$file>;
}
