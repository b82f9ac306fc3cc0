import os from 'node:os';

/** How a command ends: with an exit code, or by a signal, as what ran in its stead did. */
export type ExitStatus = number | { signal: NodeJS.Signals };

/**
 * Ends this process by that signal, so that whoever waits for it sees what it would have seen of the command itself.
 * Comes back with the shell's exit code for it where the signal does not end a process (Node ignores SIGPIPE).
 */
export async function reraise(signal: NodeJS.Signals): Promise<number> {
  const number = os.constants.signals[signal];
  if (number === undefined) return 1;
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  await new Promise((resolve) => setTimeout(resolve, 100));
  return 128 + number;
}
