# Waits for a machine that does not answer: it is being started, or repaired.
use strict;

# As long as commands wait for one; by then the daemon has given up too, or says why not.
sub PATIENCE() { '60s' }
# Seconds after the machine has answered in which it takes commands.
sub GRACE() { 5 }

# What is said meanwhile is Dual's business and goes to its log.
sub await_machine {
    my $pid = fork // return;
    if ($pid == 0) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', $main::WORKSPACE{log};
        open STDERR, '>&', \*STDOUT;
        # What a command inside needs: a machine that is there, made real if nobody has used it yet, left alone where it is to be stopped.
        exec split(/\t/, $main::WORKSPACE{dual}), 'run', '--timeout', PATIENCE, '--workspace', $main::WORKSPACE{name}, '--', 'true';
        exit 127;
    }
    waitpid $pid, 0;
    return if $?;
    my $until = time + GRACE;
    select undef, undef, undef, 0.05 while !connect_to($main::WORKSPACE{socket}) && time < $until;
}

1;
