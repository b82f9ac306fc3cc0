/** What `unshare` is told for the outer level, which has the rights that the inner one must not have. */
export const UNSHARE: readonly string[] = [
  ...['--user', '--map-root-user'],
  ...['--net', '--pid', '--mount', '--uts', '--ipc', '--cgroup'],
  // It ends with its keeper, and sees what the host mounts later.
  ...['--fork', '--kill-child', '--propagation', 'slave'],
];

/** For a script: switches the loopback interface on with the program that `loopback` names. SIOCSIFFLAGS is 0x8914, and up and running 0x41. */
export const RAISE_LOOPBACK = `case $loopback in
  ip) ip link set lo up ;;
  ifconfig) ifconfig lo up ;;
  busybox) busybox ifconfig lo up ;;
  perl) perl -e 'use Socket; my $flags = pack("a16 s x22", "lo", 0x41); socket(my $s, PF_INET, SOCK_DGRAM, 0) or die $!; ioctl($s, 0x8914, $flags) or die $!' ;;
  python3) python3 -c 'import fcntl, socket, struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh22x", b"lo", 0x41))' ;;
esac
`;
