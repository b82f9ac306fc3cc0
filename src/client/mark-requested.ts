import { ANNOTATION_REQUESTED } from '../api/labels.ts';
import { WORKSPACES } from '../api/scheme.ts';
import { timestamp, type Clock } from '../clock/clock.ts';
import type { Client } from './client.ts';

/** Says that somebody wants to use that Workspace: a Lazy one is made real. */
export async function markRequested(client: Client, name: string, clock: Clock): Promise<void> {
  await client.patch(WORKSPACES, name, { metadata: { annotations: { [ANNOTATION_REQUESTED]: timestamp(clock) } } });
}
