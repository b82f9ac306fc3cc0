import type { ControlClient } from './control-client.ts';
import type { Published, WatchMessage } from './protocol.ts';
import type { PortResult, Route } from './routes.ts';

/** What the proxy has been told, and what it has said of it, so that nothing is said twice. */
export interface Publications {
  publish(route: Route): Promise<PortResult[]>;
  withdraw(workspace: string): Promise<void>;
  /** Takes in what the proxy reports. @returns whether that is news */
  update(message: WatchMessage): boolean;
  /** Forgets everything: another proxy knows nothing of it. */
  clear(): void;
}

export function createPublications(client: Pick<ControlClient, 'publish' | 'withdraw'>): Publications {
  let known = new Map<string, { route: string } & Published>();
  /** The last report of each workspace, which may overtake the answer to its publication. */
  let reports = new Map<string, WatchMessage>();
  return {
    async publish(route) {
      const text = JSON.stringify(route);
      const before = known.get(route.workspace);
      if (before?.route === text) return before.results;
      const told = known;
      told.delete(route.workspace);
      const answer = await client.publish(route);
      const report = reports.get(route.workspace);
      const { results, revision } = report && report.revision > answer.revision ? report : answer;
      told.set(route.workspace, { route: text, results, revision });
      return results;
    },
    async withdraw(workspace) {
      known.delete(workspace);
      reports.delete(workspace);
      await client.withdraw(workspace);
    },
    update(message) {
      const { workspace, results, revision } = message;
      const before = known.get(workspace);
      reports.set(workspace, message);
      if (!before) return true;
      if (revision <= before.revision || JSON.stringify(results) === JSON.stringify(before.results)) return false;
      known.set(workspace, { ...before, results, revision });
      return true;
    },
    clear() {
      known = new Map();
      reports = new Map();
    },
  };
}
