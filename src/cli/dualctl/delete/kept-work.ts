import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { REASON } from '../../../api/conditions.ts';
import { WORKSPACES } from '../../../api/scheme.ts';
import type { Workspace } from '../../../api/types.ts';
import type { Client } from '../../../client/client.ts';
import { listEvents } from '../events/object-events.ts';

const ABOUT_THE_CLONE: readonly string[] = [REASON.kept, REASON.removed];
const LOOKS = 10;
const PAUSE = 100;

/** What became of a deleted Workspace's clone, in the words of the Event about it. Undefined when it never had one. */
export async function whereWorkIs(client: Client, workspace: Workspace): Promise<string | undefined> {
  const path = workspace.status?.clone?.path;
  for (let look = 0; look < (path === undefined ? 1 : LOOKS); look += 1) {
    const message = await eventMessage(client, workspace);
    if (message !== undefined) return message;
    // Events are written beside the object, and may come a moment later.
    if (path !== undefined) await delay(PAUSE);
  }
  if (path === undefined) return undefined;
  return existsSync(path) ? `its clone is kept at ${path}` : `its clone is no longer at ${path}`;
}

async function eventMessage(client: Client, { metadata }: Workspace): Promise<string | undefined> {
  const events = await listEvents(client, { resource: WORKSPACES, name: metadata.name, uid: metadata.uid });
  return events.findLast(({ reason }) => ABOUT_THE_CLONE.includes(reason))?.message;
}
