/**
 * For tests of what a crash leaves behind: `DUAL_CRASH_AT=before:ensureSession` (or `after:…`, with `@WORKSPACE` to mean just that
 * one) ends the daemon with SIGKILL at exactly that point.
 */
export function crashAt(
  value: string | undefined,
): ((workspace: string, step: string, when: string) => void) | undefined {
  if (value === undefined || value === '') return undefined;
  const [point, wanted] = value.split('@');
  return (workspace, step, when) => {
    if (point === `${when}:${step}` && (wanted === undefined || wanted === workspace))
      process.kill(process.pid, 'SIGKILL');
  };
}
