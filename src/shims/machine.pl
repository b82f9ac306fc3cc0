# Waits for a machine that does not answer: it is being started, or repaired.
use strict;

# What is said meanwhile is Dual's business and goes to its log.
sub await_machine {
    my $pid = fork // return;
    if ($pid == 0) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', $main::WORKSPACE{log};
        open STDERR, '>&', \*STDOUT;
        exec split(/\t/, $main::WORKSPACE{dual}), 'start', '--wait', '--', $main::WORKSPACE{name} or exit 127;
    }
    waitpid $pid, 0;
}

1;
