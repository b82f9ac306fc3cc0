import { JOIN_KEYRING } from './keyring.ts';
import { RAISE_LOOPBACK, UNSHARE } from './namespaces.ts';
import { NEEDED } from './programs.ts';

// What makes a sandbox, for any POSIX shell. No value is ever put into these texts: they come as lines of a file, each read as it is.
// Both work in the sandbox's own directory, so that `ps` inside shows no path of the host.

/** Some shells have programs of these names built in, which are not those that are meant. */
const PROGRAMS = `exec 8<programs
for name in ${NEEDED.join(' ')}; do
  IFS= read -r "$name" <&8
done
exec 8<&-
`;

/**
 * Outside. Takes the lock, which it holds for as long as the sandbox runs, says who it is, and becomes the sandbox's keeper. Those who
 * wait for its end have the other side of the FIFO `alive`.
 * Its arguments are handed on. Exits with 75 when another one runs.
 */
export const LAUNCH = `set -euf
umask 077
${PROGRAMS}exec 9>lock
"$flock" -n 9 || exit 75
[ -p alive ] || mkfifo alive 2>/dev/null || :
[ ! -p alive ] || exec 7<>alive
: >log
exec >>log 2>&1
: >exit
: >ready
: >init.pid
identify() { shift 19; start=$1; }
read -r stat </proc/$$/stat
identify \${stat##*) }
read -r boot </proc/sys/kernel/random/boot_id
echo "$$ $start $boot" >run.pid
read -r cgroup <cgroup || cgroup=
[ -z "$cgroup" ] || echo $$ >"$cgroup/cgroup.procs"
set -- "$unshare" ${UNSHARE.join(' ')} sh ./init "$@"
${JOIN_KEYRING}`;

/**
 * Inside, as the first process: makes the file system, and becomes the init of the guest, which it starts one level further in. Writes to 3
 * what is of interest: "overlay" when that was refused, and the init "ok" when all is done.
 */
export const INIT = `set -euf
umask 022
${PROGRAMS}exec 7>&- 9>&- 5>>exit 8<params
identify() { shift 19; start=$1; }
read -r stat </proc/self/stat
identify \${stat##*) }
read -r boot </proc/sys/kernel/random/boot_id
echo "\${stat%% *} $start $boot" >init.pid
for name in uid gid processes loopback naming hostname tools local; do
  IFS= read -r "$name" <&8
done
exec 8<&-

"$mount" --rbind / root
"$mount" -a -T stage.table
"$mount" -t proc proc root/proc
if "$mount" -t sysfs -o ro sysfs root/sys 2>/dev/null; then
  [ ! -e /sys/fs/cgroup/cgroup.controllers ] || "$mount" -t cgroup2 -o ro cgroup2 root/sys/fs/cgroup 2>/dev/null || :
else
  "$mount" -o remount,bind,ro,nosuid,nodev,noexec root/sys
  "$mount" -o bind,ro,nosuid,nodev,noexec nowhere root/sys/fs/cgroup
fi

net=root/proc/sys/net
[ ! -e $net/ipv6/conf/all/disable_ipv6 ] || echo 0 >$net/ipv6/conf/all/disable_ipv6
echo 0 >$net/ipv4/ip_unprivileged_port_start
echo 0 0 >$net/ipv4/ping_group_range
${RAISE_LOOPBACK}case $naming in
  hostname) hostname "$hostname" ;;
  busybox) busybox hostname "$hostname" ;;
  python3) python3 -c 'import socket, sys; socket.sethostname(sys.argv[1])' "$hostname" ;;
esac

"$mount" -a -T covers.table
# Sockets come and go: what has gone since it was found needs no cover.
cover() { [ ! -S "root$1" ] || "$mount" -o bind nothing "root$1"; }
while IFS= read -r target; do
  cover "$target" 2>/dev/null || cover "$target"
done <sockets
overlay() { "$mount" -t overlay -o "lowerdir=run/dual/tools:$local$1" overlay "root$local" 2>/dev/null; }
# Links to the tools in the place of the programs there: a login shell has that directory in its PATH, whatever it is started with.
refused() {
  if [ -d "root$local/bin" ]; then
    "$mount" --rbind "root$local/bin" root/run/dual/local
    "$mount" -o bind,ro,nosuid,nodev local-bin "root$local/bin"
    return
  fi
  DUAL_PATH=/run/dual/tools/bin:$DUAL_PATH
  echo overlay >&3
}
case $tools in
  read-only) overlay '' || refused ;;
  writable) overlay ,userxattr,upperdir=upper,workdir=work || overlay '' || refused ;;
esac
while IFS= read -r options && IFS= read -r source && IFS= read -r target; do
  "$mount" -o "$options" "$source" "root$target"
done <binds

cd ./root
"$pivot_root" . .
"$umount" -l .
cd /

PATH=$DUAL_PATH
unset DUAL_PATH
set -- /run/dual/bin/guest "$@" /run/dual/bin/guest.cjs
[ -z "$processes" ] || set -- "$prlimit" --nproc="$processes" "$@"
set -- "$unshare" --user --map-user="$uid" --map-group="$gid" "$setpriv" --no-new-privs "$@"
exec /bin/sh /run/dual/bin/init.sh "$@"
`;
