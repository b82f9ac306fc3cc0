import type { ControlClient } from './control-client.ts';
import type { Published, WatchMessage } from './protocol.ts';
import type { Description, Route, RouteResults } from './routes.ts';

/** What the proxy has been told, and what it has said of it, so that nothing is said twice. */
export interface Publications {
  publish(route: Route): Promise<RouteResults>;
  describe(workspace: string, description: Description): Promise<void>;
  withdraw(workspace: string): Promise<void>;
  /** Takes in what the proxy reports. @returns whether that is news */
  update(report: Report): boolean;
  /** Forgets everything: another proxy knows nothing of it. */
  clear(): void;
}

export type Report = Extract<WatchMessage, { type: 'results' }>;

export function createPublications(client: Pick<ControlClient, 'publish' | 'describe' | 'withdraw'>): Publications {
  let known = new Map<string, { route: string } & Published>();
  /** The last report of each workspace, which may overtake the answer to its publication. */
  let reports = new Map<string, Report>();
  let descriptions = new Map<string, string>();
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
    async describe(workspace, description) {
      const text = JSON.stringify(description);
      if (descriptions.get(workspace) === text) return;
      const told = descriptions;
      told.delete(workspace);
      await client.describe(workspace, description);
      told.set(workspace, text);
    },
    async withdraw(workspace) {
      for (const told of [known, reports, descriptions]) told.delete(workspace);
      await client.withdraw(workspace);
    },
    update(report) {
      const { workspace, results, revision } = report;
      const before = known.get(workspace);
      reports.set(workspace, report);
      if (!before) return true;
      if (revision <= before.revision || JSON.stringify(results) === JSON.stringify(before.results)) return false;
      known.set(workspace, { ...before, results, revision });
      return true;
    },
    clear() {
      known = new Map();
      reports = new Map();
      descriptions = new Map();
    },
  };
}
