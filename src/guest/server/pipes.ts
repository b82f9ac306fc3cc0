import { spawn } from 'node:child_process';
import { constants, fchownSync, openSync, readlinkSync } from 'node:fs';
import { Socket } from 'node:net';

/** A command's stdin, stdout and stderr as pipes. */
export interface Pipes {
  /** File descriptors for the command; to be closed once it has started. */
  child: [number, number, number];
  stdin: Socket;
  stdout: Socket;
  stderr: Socket;
}

export interface PipeSource {
  /** undefined where the machine has no shell that makes pipes. */
  open(): Promise<Pipes | undefined>;
}

/** Prints the id of a process that holds three pipes, as 3, 4 and 5, until it is ended. */
const HOLD_PIPES =
  ': | { exec 3<&0; : | { exec 4<&0; : | { exec 5<&0; read -r pid rest </proc/self/stat; echo "$pid"; read -r line <&6; }; }; }';

const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants;

/**
 * Makes real pipes, one set ahead. Node can make none: it connects its children by sockets, and those cannot be opened by
 * name, so that `echo x >/dev/stdout`, `tee /dev/stderr` or a read of /dev/stdin would fail. A shell makes them, and they are
 * opened through /proc.
 */
export function createPipeSource(owner: { uid?: number; gid?: number }): PipeSource {
  let next: Promise<number[][] | undefined> | undefined;
  return {
    async open() {
      const pairs = await (next ?? makePairs());
      next = pairs && makePairs();
      return pairs && toPipes(pairs as [number[], number[], number[]], owner);
    },
  };
}

/** For stdin, stdout and stderr: the guest's end, then the command's. */
function makePairs(): Promise<number[][] | undefined> {
  return new Promise((resolve) => {
    let pairs: number[][] | undefined;
    const options = {
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore', 'ignore', 'ignore', 'ignore', 'pipe'],
    };
    const helper = spawn('sh', ['-c', HOLD_PIPES], options as { stdio: ('ignore' | 'pipe')[] });
    helper.once('error', () => resolve(undefined));
    helper.once('close', () => resolve(pairs));
    helper.stdout?.once('data', (line: Buffer) => {
      pairs = openPairs(parseInt(line.toString(), 10));
      if (helper.pid !== undefined) process.kill(-helper.pid, 'SIGKILL');
    });
  });
}

// Each end is opened by itself, so that the command's is blocking, as it expects, while the guest's is not.
function openPairs(holder: number): number[][] | undefined {
  const at = (fd: number): string => `/proc/${holder}/fd/${fd}`;
  if (![3, 4, 5].every((fd) => isPipe(at(fd)))) return undefined;
  const input = [openSync(at(3), O_WRONLY | O_NONBLOCK), openSync(at(3), O_RDONLY)];
  const outputs = [4, 5].map((fd) => [openSync(at(fd), O_RDONLY | O_NONBLOCK), openSync(at(fd), O_WRONLY)]);
  return [input, ...outputs];
}

function isPipe(file: string): boolean {
  try {
    return readlinkSync(file).startsWith('pipe:');
  } catch (error) {
    // The shell is no such shell.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function toPipes(
  [stdin, stdout, stderr]: [number[], number[], number[]],
  owner: { uid?: number; gid?: number },
): Pipes {
  const child = [stdin[1], stdout[1], stderr[1]] as Pipes['child'];
  // Made by root, but opened by name by the command.
  for (const fd of child) if (owner.uid !== undefined) fchownSync(fd, owner.uid, owner.gid ?? -1);
  return {
    child,
    stdin: new Socket({ fd: stdin[0], readable: false, writable: true }),
    stdout: new Socket({ fd: stdout[0], readable: true, writable: false }),
    stderr: new Socket({ fd: stderr[0], readable: true, writable: false }),
  };
}
