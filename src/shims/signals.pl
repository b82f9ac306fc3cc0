# Signals by name and number, as shells and kill(1) take them.
use strict;

# In the order of their numbers, which are the same on x86-64 and arm64.
my @NAMES = qw(EXIT HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ
    VTALRM PROF WINCH IO PWR SYS);
my %NUMBER = ((map { $NAMES[$_] => $_ } 0 .. $#NAMES), IOT => 6, CLD => 17, POLL => 29, RTMIN => 34, RTMAX => 64);

# "9", "KILL", "SIGKILL", "RTMIN+1" -> number, or nothing when there is no such signal
sub signal_number {
    my ($text) = @_;
    return $text if $text =~ /^\d+$/ && $text <= 64;
    my $name = uc $text =~ s/^SIG//ri;
    return $NUMBER{$name} if defined $NUMBER{$name};
    return 34 + $1 if $name =~ /^RTMIN\+(\d+)$/ && $1 <= 30;
    return 64 - $1 if $name =~ /^RTMAX-(\d+)$/ && $1 <= 30;
    return;
}

1;
