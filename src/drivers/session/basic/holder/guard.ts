import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/** Outlives this process by just as long as it takes to end the programs that this process has left behind. */
export interface Guard {
  /** The process session of that leader ends with this process. */
  add(leader: number): void;
  /** Not any more. */
  remove(leader: number): void;
  /** Nothing has to be ended any more. */
  close(): void;
}

/**
 * A shell, since it is small: reads `+ PID` and `- PID` until there is nobody who writes. A program whose terminal is gone gets
 * SIGHUP from the system; those that pay no heed to it, and jobs in the background, are ended here.
 */
const SCRIPT = `
trap '' HUP INT QUIT TERM
leaders=' '
while read -r what pid; do
  case $what in
    +) leaders="$leaders$pid " ;;
    -) case $leaders in *" $pid "*) leaders="\${leaders%%" $pid "*} \${leaders#*" $pid "}" ;; esac ;;
  esac
done
tell() {
  found=
  for stat in /proc/[0-9]*/stat; do
    read -r line <"$stat" || continue
    set -- "$1" \${line##*') '}
    case $2 in Z | X) continue ;; esac
    case $leaders in *" $5 "*) ;; *) continue ;; esac
    pid=\${stat#/proc/}
    kill -s "$1" "\${pid%/stat}" && found=1
  done 2>/dev/null
  [ "$found" ]
}
tell HUP || exit 0
tell TERM
tell CONT
for time in 1 2 3 4 5 6 7 8 9 10; do
  sleep 0.2
  tell 0 || exit 0
done
tell KILL
`;

/** Milliseconds after which one that has ended is replaced. */
const PAUSE = 1000;

/** @param warn told when the guard has ended, which nobody but a person does */
export function createGuard(warn: (message: string) => void): Guard {
  const leaders = new Set<number>();
  let shell: ChildProcess | undefined;
  let closed = false;

  function start(): void {
    if (closed) return;
    shell = spawn('/bin/sh', ['-c', SCRIPT, 'dual-sessions-guard'], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
      env: { PATH: '/usr/bin:/bin' },
    });
    // The end of the process tells.
    shell.stdin?.on('error', () => undefined);
    shell.once('error', again);
    shell.once('exit', again);
    for (const leader of leaders) tell('+', leader);
  }
  function again(): void {
    shell = undefined;
    if (closed) return;
    warn('the guard has ended and is started again');
    setTimeout(start, PAUSE);
  }
  function tell(what: '+' | '-', leader: number): void {
    shell?.stdin?.write(`${what} ${leader}\n`);
  }

  start();
  return {
    add(leader) {
      leaders.add(leader);
      tell('+', leader);
    },
    remove(leader) {
      if (leaders.delete(leader)) tell('-', leader);
    },
    close() {
      closed = true;
      shell?.stdin?.end();
    },
  };
}
