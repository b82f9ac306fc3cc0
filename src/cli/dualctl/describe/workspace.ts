import type { PaneStatus, PortStatus, Workspace } from '../../../api/types.ts';
import { conditionsField, NONE } from './common.ts';
import type { Field } from './layout.ts';
import { oneLine, valueFields } from './value-fields.ts';

/** What is particular to a Workspace, between its head and its events. */
export function workspaceFields({ spec, status = {} }: Workspace, now: number): Field[] {
  return [
    { name: 'Spec', value: valueFields(spec) },
    { name: 'Phase', value: status.phase ?? 'Pending' },
    { name: 'Address', value: status.address ?? NONE },
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
    urlOf(port),
    tcpOf(port),
  ]);
  return {
    name: 'Ports',
    value: { headers: ['Port', 'Name', 'Protocol', 'Process', 'Listening', 'URL', 'TCP'], rows },
  };
}

/** The URL where there is one that works, else why it is not reached as its protocol says. */
function urlOf({ routed, url, reason, message }: PortStatus): string {
  if (routed) return url ?? NONE;
  return unless('not routed', [reason, message]);
}

/** Where it is reached as plain TCP; why it is not where that has not been told as the reason for having no URL. */
function tcpOf({ tcp, routed, message }: PortStatus): string {
  return tcp ?? (routed ? unless('not served', [message]) : NONE);
}

function unless(state: string, why: (string | undefined)[]): string {
  const told = why.filter(Boolean).join(': ');
  return told === '' ? state : `${state} (${oneLine(told)})`;
}

function orNone(value: object | undefined): Field['value'] {
  return value && Object.keys(value).length > 0 ? valueFields(value) : NONE;
}
