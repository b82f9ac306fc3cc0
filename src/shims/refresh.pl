#!/usr/bin/perl -tX
# usage: perl -tX refresh.pl [--quiet] DIR
#
# Makes the links in a directory of shims (src/shims/directory.ts) what they should be: one for each command that is routed, by what the machine and
# the worktree offer now. Started when a machine has come up, and after a package manager has run inside.
#
# Ends with 75 when the machine does not answer, and with 1 when it does not say what it has.
use strict;

# A machine that has come up just now takes commands a moment later.
my $until = @ARGV > 1 ? 0 : time + 3;
if (@ARGV > 1) {
    # Beside a command of somebody's: nothing is said, and nothing taken from its input.
    open STDIN, '<', '/dev/null';
    open STDOUT, '>', '/dev/null';
    open STDERR, '>', '/dev/null';
}
our $DIR = $ARGV[-1];
our $LIB = ($0 =~ m{^(.*)/})[0];
our $SHIM = "$LIB/shim.pl";
our %WORKSPACE = read_workspace();
our $ARCH = $WORKSPACE{arch};

# Seconds that a machine may take to list its programs.
use constant { PATIENCE => 20, LOCK_EX => 2, UNAVAILABLE => 75 };
# More than any repo offers; what goes beyond was made to do harm.
use constant { MAX_NAMES => 5000, MAX_BYTES => 8 * 1024 * 1024 };

# A link's name is a word that a person could type. Nothing that could be taken for an option, a path or a hidden file.
my $NAME = qr/^(?!.*\.\.)[A-Za-z0-9_\@+][A-Za-z0-9_.\@+:-]{0,99}\z/;
# What programs look up by themselves and hand passwords to, or run with the user's keys: never the machine's.
my $HELPER = qr/^(?:git|docker-credential|ssh|gpg|pinentry)-|askpass/;

my @SYSTEM = qw(/bin /usr/bin /sbin /usr/sbin);
# What a program has itself installed that is not the system's.
my $INSTALLED = qr{^(?:/usr/local/bin|/.*/\.local/bin)$};

# For a shell inside: the programs of its PATH, one path a line.
my $LIST = <<'END';
IFS=:
set -f
for directory in $PATH; do
  set +f
  case $directory in /*) for file in "$directory"/*; do [ -f "$file" ] && [ -x "$file" ] && printf '%s\n' "$file"; done;; esac
done
printf 'done\n'
END

alarm PATIENCE;
open my $lock, '>', "$DIR/lock" or die "$DIR/lock: $!\n";
# One at a time, and each looks after the one before it: the last one that was asked for has seen everything.
flock $lock, LOCK_EX;
set_links(wanted(programs_inside(), programs_of_repo()));

sub read_workspace {
    open my $file, '<', "$DIR/workspace" or die "$DIR/workspace: $!\n";
    return map { chomp; split / /, $_, 2 } <$file>;
}

sub may_be_offered {
    my ($name) = @_;
    return $name =~ $NAME && $name !~ $HELPER;
}

sub names {
    return map { split / /, $WORKSPACE{$_} // '' } @_;
}

# -> path by name, as the machine would find them
sub programs_inside {
    pipe(my $listed, my $list) or die "pipe: $!\n";
    my $pid = fork // die "fork: $!\n";
    if ($pid == 0) {
        # Another refresh may begin as soon as the parent has given up.
        close $lock;
        close $listed;
        open STDIN, '<', '/dev/null';
        open STDOUT, '>&', $list;
        open STDERR, '>', '/dev/null';
        close $list;
        require "$LIB/transport.pl";
        do {
            my ($errno) = run_inside(\%WORKSPACE, { argv => ['sh', '-c', $LIST], cwd => '/', env => [] });
            exit 1 if defined $errno;
            select undef, undef, undef, 0.02;
        } while time < $until;
        exit UNAVAILABLE;
    }
    # The child itself passes the signal on to what it runs.
    local $SIG{ALRM} = sub { kill 'KILL', $pid; exit 1 };
    close $list;
    read $listed, my $text, MAX_BYTES;
    close $listed;
    waitpid $pid, 0;
    exit UNAVAILABLE if $? >> 8 == UNAVAILABLE;
    die "the machine does not say which programs it has\n" if $? || $text !~ /^done\n\z/m;
    my %path;
    for my $path (split /\n/, $text) {
        my ($name) = $path =~ m{^/.*/([^/]+)\z} or next;
        $path{$name} //= $path if may_be_offered($name);
    }
    return \%path;
}

sub programs_of_repo {
    opendir my $directory, "$WORKSPACE{worktree}/node_modules/.bin" or return [];
    return [grep { may_be_offered($_) } readdir $directory];
}

# -> names that are to have a link
sub wanted {
    my ($inside, $of_repo) = @_;
    my %wanted = map { $_ => 1 } grep { $inside->{$_} } names('table');
    $wanted{$_} = 1 for grep { $inside->{$_} || host_has($_) } names('local');
    $wanted{$_} = 1 for few(grep { !system_has($_) } @$of_repo);
    $wanted{$_} = 1 for few(grep { is_installed($inside->{$_}) && !host_has($_) } keys %$inside);
    delete @wanted{ names('stay') };
    # A pid that was printed inside is given to it.
    $wanted{$_} = 1 for 'kill', grep { /$NAME/ } names('container');
    delete @wanted{ names('host') };
    return \%wanted;
}

sub few {
    my @names = sort @_;
    return @names > MAX_NAMES ? @names[0 .. MAX_NAMES - 1] : @names;
}

sub system_has {
    my ($name) = @_;
    return grep { -e "$_/$name" } @SYSTEM;
}

# Only a program of the machine's own: a sandbox has the host's too.
sub is_installed {
    my ($path) = @_;
    return $path =~ m{^(.*)/} && $1 =~ $INSTALLED && !-e $path;
}

sub host_has {
    my ($name) = @_;
    my $shims = $DIR =~ s{/[^/]+$}{}r;
    return grep { index($_, "$shims/") != 0 && m{^/} && -f "$_/$name" && -x _ } split(/:/, $ENV{PATH} // ''), @SYSTEM;
}

sub set_links {
    my ($wanted) = @_;
    mkdir "$DIR/bin";
    opendir my $directory, "$DIR/bin" or die "$DIR/bin: $!\n";
    for my $name (readdir $directory) {
        next if $name eq '.' || $name eq '..';
        unlink "$DIR/bin/$name" if !$wanted->{$name};
    }
    for my $name (keys %$wanted) {
        my $link = "$DIR/bin/$name";
        next if (readlink $link // '') eq $SHIM;
        # In one step: a command may be looking for it at this moment.
        my $new = "$DIR/.link.$$";
        unlink $new;
        symlink $SHIM, $new or die "$new: $!\n";
        rename $new, $link or die "$link: $!\n";
    }
}
