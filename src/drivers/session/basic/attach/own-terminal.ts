import { spawnSync } from 'node:child_process';
import type { ReadStream, WriteStream } from 'node:tty';
import type { OwnTerminal } from './attach.ts';

/** What a program may have left behind: a region that scrolls, colours, a character set. The cursor stays where it is. */
const PLAIN = '\u001b7\u001b[r\u001b8\u001b[0m\u001b(B\u000f';

/**
 * Everything goes through as it is. Node's raw mode alone would make a return of each line feed, and programs that draw go down
 * by line feeds.
 */
function makeRaw(stdin: ReadStream): void {
  stdin.setRawMode(true);
  spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
}

/** Raw mode until `restore`, which may be called from anywhere, more than once. */
export function takeTerminal(stdin: ReadStream, stdout: WriteStream): OwnTerminal & { restore(): void } {
  let isOurs = true;
  makeRaw(stdin);
  return {
    size: () => ({ rows: stdout.rows || 24, cols: stdout.columns || 80 }),
    write: (bytes) => void stdout.write(bytes),
    onKeys: (listener) => void stdin.on('data', listener),
    onChange(listener) {
      stdout.on('resize', () => listener('size'));
      // Back from having been stopped: the shell has had the terminal meanwhile, in its own mode.
      process.on('SIGCONT', () => {
        if (!isOurs) return;
        stdin.setRawMode(false);
        makeRaw(stdin);
        listener('content');
      });
    },
    restore() {
      if (!isOurs) return;
      isOurs = false;
      stdout.write(PLAIN);
      stdin.setRawMode(false);
      stdin.pause();
    },
  };
}
