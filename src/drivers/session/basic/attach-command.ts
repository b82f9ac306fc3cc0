import type { AttachCommand } from '../driver.ts';

export interface AttachOptions {
  /** Path of the session holder's socket. */
  socket: string;
  /** Program and arguments that start attach/main.ts. */
  attachCommand: readonly string[];
}

/** What a person's terminal has to run to be in that session. */
export function attachTo({ socket, attachCommand }: AttachOptions, session: string): AttachCommand {
  const [file = process.execPath, ...args] = attachCommand;
  return { file, args: [...args, '--socket', socket, '--session', session], env: {} };
}
