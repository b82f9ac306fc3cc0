/** Milliseconds in which a workspace is asked for once, however many requests there are. */
const INTERVAL_MS = 1_000;

/** Tells that a workspace is wanted, not more often than makes sense. */
export function createRequests(tell: (workspace: string) => void): { made(workspace: string): void } {
  const last = new Map<string, number>();
  return {
    made(workspace) {
      const now = Date.now();
      if (now - (last.get(workspace) ?? 0) < INTERVAL_MS) return;
      last.set(workspace, now);
      tell(workspace);
    },
  };
}
