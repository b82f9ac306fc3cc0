/** Signals a process, or a group by its negative id. Nothing to do when there is none any more. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // EPERM: a program that has changed its user, which is no longer this user's to end.
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
