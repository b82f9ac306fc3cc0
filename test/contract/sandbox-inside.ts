/** What a program in a sandbox is told to look for. */
export interface Targets {
  /** Of the host. */
  pids: number[];
  /** Paths of sockets, "@" and a name for those without a path, ports. */
  addresses: (string | number)[];
  /** Files and directories. */
  files: string[];
  /** Of the kernel. */
  writes: string[];
}

/** What it found. */
export interface Report {
  processes: string[];
  signalled: number[];
  reached: (string | number)[];
  /** By file: its text, or the names in the directory, or the code of the error. */
  contents: Record<string, string>;
  /** Of files, those over which nothing could be taken away, by whatever way. */
  stillCovered: string[];
  /** Ways out that worked. */
  ways: string[];
  written: string[];
  devices: string[];
  ptys: string[];
  noNewPrivileges: boolean;
  /** Open files that can be got at and have numbers so high that they come from outside. */
  inherited: string[];
}

/** A script for Node that tries all of that from inside and prints the Report as JSON. */
export function lookAround(targets: Targets): string {
  return `
    const fs = require('node:fs');
    const path = require('node:path');
    const { spawnSync } = require('node:child_process');
    const targets = ${JSON.stringify(targets)};
    const attempt = (action) => { try { return action(); } catch (error) { return error.code; } };
    const works = (...argv) => spawnSync(argv[0], argv.slice(1), { stdio: 'ignore' }).status === 0;
    const read = (file) => attempt(() => (fs.statSync(file).isDirectory() ? fs.readdirSync(file).join() : fs.readFileSync(file, 'utf8')));
    const reach = (address) => new Promise((resolve) => {
      const where = typeof address === 'string' ? { path: address.replace(/^@/, '\\0') } : { port: address, host: '127.0.0.1' };
      const socket = require('node:net').connect(where);
      socket.on('connect', () => { resolve(true); socket.destroy(); });
      socket.on('error', () => resolve(false));
    });
    const pids = fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name));
    // What lies below a cover, by way of the directory that it is in.
    const besides = 'mkdir -p /run/x && mount --bind "$(dirname "$1")" /run/x && [ -n "$(ls -A "/run/x/$(basename "$1")")" ]';
    const openFiles = (pid) => {
      const fds = attempt(() => fs.readdirSync('/proc/' + pid + '/fd'));
      const files = Array.isArray(fds) ? fds.map((fd) => '/proc/' + pid + '/fd/' + fd) : [];
      return files.filter((file) => attempt(() => fs.readlinkSync(file).length) > 0);
    };
    const uncovered = (file) => [
      ['umount', file],
      ['umount', '-l', file],
      ['unshare', '--user', '--map-root-user', '--mount', 'umount', file],
      ['unshare', '--user', '--map-root-user', '--mount', 'umount', '-l', file],
      ['unshare', '--user', '--map-root-user', '--mount', 'mount', '-o', 'remount,bind,rw', file],
      ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', besides, '-', file],
    ].some((argv) => works(...argv));
    const ways = {
      namespaces: ['nsenter', '--target', '1', '--user', '--mount', '--preserve-credentials', 'true'],
      hostMounts: ['nsenter', '--target', '1', '--mount', 'true'],
      root: ['ls', '/proc/1/root/'],
      directory: ['ls', '/proc/1/cwd/'],
      files: ['sh', '-c', 'cat /proc/1/fd/*'],
      environment: ['cat', '/proc/1/environ'],
      raiseLoopback: ['ip', 'link', 'set', 'lo', 'mtu', '1400'],
    };
    (async () => {
      const reached = [];
      for (const address of targets.addresses) if (await reach(address)) reached.push(address);
      console.log(JSON.stringify({
        processes: [...new Set(pids.map((pid) => attempt(() => fs.readFileSync('/proc/' + pid + '/comm', 'utf8').trim())))].sort(),
        signalled: targets.pids.filter((pid) => attempt(() => process.kill(pid, 0)) === true),
        reached,
        contents: Object.fromEntries(targets.files.map((file) => [file, read(file)])),
        stillCovered: targets.files.filter((file) => !uncovered(file)),
        ways: Object.entries(ways).filter(([, argv]) => works(...argv)).map(([name]) => name),
        written: targets.writes.filter((file) => attempt(() => fs.closeSync(fs.openSync(file, 'r+'))) === undefined),
        devices: fs.readdirSync('/dev').sort(),
        ptys: fs.readdirSync('/dev/pts'),
        inherited: pids.flatMap(openFiles).filter((file) => Number(path.basename(file)) > 200),
        noNewPrivileges: /NoNewPrivs:\\s1/.test(fs.readFileSync('/proc/self/status', 'utf8')),
      }));
    })();`;
}

/** The guest's own Node, as a program for commands. */
export const NODE = ['env', '-u', 'NODE_OPTIONS', '/run/dual/bin/guest', '-e'];
