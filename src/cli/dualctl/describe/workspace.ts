import type { PaneStatus, PortStatus, Workspace } from '../../../api/types.ts';
import { conditionsField, NONE } from './common.ts';
import type { Field } from './layout.ts';
import { oneLine, valueFields } from './value-fields.ts';

/** What is particular to a Workspace, between its head and its events. */
export function workspaceFields({ spec, status = {} }: Workspace, now: number): Field[] {
  return [
    { name: 'Spec', value: valueFields(spec) },
    { name: 'Phase', value: status.phase ?? 'Pending' },
    conditionsField(status.conditions, now),
    { name: 'Clone', value: orNone(status.clone) },
    { name: 'Image', value: orNone(status.image) },
    { name: 'Container', value: orNone(status.container) },
    { name: 'Session', value: sessionFields(status.session) },
    portsField(status.ports),
  ];
}

function sessionFields(session: NonNullable<Workspace['status']>['session']): Field['value'] {
  if (!session) return NONE;
  const { panes, ...rest } = session;
  return [...valueFields(rest), panesField(panes)];
}

function panesField(panes: readonly PaneStatus[] | undefined): Field {
  if (!panes?.length) return { name: 'Panes', value: NONE };
  const rows = panes.map((pane) => [pane.name, paneState(pane), String(pane.restarts ?? 0)]);
  return { name: 'Panes', value: { headers: ['Name', 'State', 'Restarts'], rows } };
}

function paneState({ running, exitCode }: PaneStatus): string {
  if (running) return 'Running';
  return exitCode === undefined || exitCode === null ? 'Ended' : `Ended (exit code ${exitCode})`;
}

function portsField(ports: readonly PortStatus[] | undefined): Field {
  if (!ports?.length) return { name: 'Ports', value: NONE };
  const rows = ports.map((port) => [
    String(port.port),
    port.name ?? NONE,
    port.protocol,
    port.process ?? NONE,
    port.listening ? 'Yes' : 'No',
    reachedAt(port),
  ]);
  return { name: 'Ports', value: { headers: ['Port', 'Name', 'Protocol', 'Process', 'Listening', 'URL'], rows } };
}

/** The URL where there is one that works, else why there is none. */
function reachedAt({ routed, url, reason, message }: PortStatus): string {
  if (routed && url) return url;
  const why = [reason, message].filter(Boolean).join(': ');
  return why === '' ? 'not routed' : `not routed (${oneLine(why)})`;
}

function orNone(value: object | undefined): Field['value'] {
  return value && Object.keys(value).length > 0 ? valueFields(value) : NONE;
}
