import { describe, expect, it } from 'vitest';
import type { Condition } from '../../../../src/api/meta.ts';
import type { PortStatus, Workspace } from '../../../../src/api/types.ts';
import { urlOf } from '../../../../src/cli/dual/commands/open.ts';
import { stateOf, tcpStateOf } from '../../../../src/cli/dual/commands/urls.ts';
import {
  describeProgress,
  hasSession,
  isStarted,
  isStopped,
  isUnrequested,
  refuseUnusable,
} from '../../../../src/cli/dual/workspace/state.ts';
import { aWorkspace } from '../../../support/workspace-fixture.ts';

const condition = (type: string, status: Condition['status'], reason: string, message = ''): Condition => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: '2026-01-01T00:00:00Z',
});

const withStatus = (status: Workspace['status'], base = aWorkspace()): Workspace => ({
  ...base,
  ...(status && { status: { observedGeneration: 1, ...status } }),
});

const port = (overrides: Partial<PortStatus>): PortStatus => ({
  port: 3000,
  protocol: 'http',
  listening: true,
  routed: true,
  ...overrides,
});

describe('describeProgress', () => {
  it('names the first thing that is not there yet, on one line', () => {
    const workspace = withStatus({
      phase: 'Building',
      conditions: [
        condition('ImageReady', 'False', 'Building', 'installing node 22\nmore'),
        condition('CloneReady', 'True', 'Cloned'),
        condition('ContainerReady', 'False', 'Waiting', 'waits for the image'),
      ],
    });
    expect(describeProgress(workspace)).toBe('shop-main: Building: installing node 22');
  });

  it('speaks of a workspace that nobody has looked at yet', () => {
    expect(describeProgress(aWorkspace())).toBe('shop-main: Pending');
  });
});

describe('refuseUnusable', () => {
  it('names the command that starts a stopped one', () => {
    expect(() => refuseUnusable(aWorkspace({ state: 'Stopped' }))).toThrow('dual start shop-main');
  });

  it('refuses one that is being deleted', () => {
    expect(() => refuseUnusable(aWorkspace({}, { deletionTimestamp: '2026-01-01T00:00:00Z' }))).toThrow('deleted');
  });

  it('gives the remedy of a stalled one, as long as that speaks of the present spec', () => {
    const conditions = [condition('Stalled', 'True', 'StartPointNotFound', 'no branch "mian": change spec.from')];
    expect(() => refuseUnusable(withStatus({ conditions }))).toThrow('change spec.from');
    expect(() => refuseUnusable(withStatus({ conditions }, aWorkspace({}, { generation: 2 })))).not.toThrow();
  });

  it('lets every other one pass', () => {
    expect(() => refuseUnusable(aWorkspace())).not.toThrow();
    expect(() => refuseUnusable(aWorkspace({ state: 'Lazy' }))).not.toThrow();
  });
});

describe('states', () => {
  it('knows Lazy ones that nobody has asked for', () => {
    expect(isUnrequested(aWorkspace({ state: 'Lazy' }))).toBe(true);
    expect(isUnrequested(aWorkspace())).toBe(false);
    const annotations = { 'dual.dev/requested-at': '2026-01-01T00:00:00Z' };
    expect(isUnrequested(aWorkspace({ state: 'Lazy' }, { annotations }))).toBe(false);
  });

  it('takes a status that is behind the spec for nothing', () => {
    const ready = { conditions: [condition('Ready', 'True', 'Reconciled')] };
    const stopped = { conditions: [condition('Ready', 'False', 'Stopped')] };
    expect([isStarted(withStatus(ready)), isStopped(withStatus(stopped))]).toEqual([true, true]);
    const next = aWorkspace({}, { generation: 2 });
    expect([isStarted(withStatus(ready, next)), isStopped(withStatus(stopped, next))]).toEqual([false, false]);
  });

  it('has a session when one is attached or in the background', () => {
    expect(hasSession(withStatus({ session: { name: 'x', state: 'Background' } }))).toBe(true);
    expect(hasSession(withStatus({ session: { name: 'x', state: 'Stopped' } }))).toBe(false);
    expect(hasSession(aWorkspace())).toBe(false);
  });
});

describe('ports', () => {
  const workspace = withStatus({
    ports: [
      port({ port: 8080, name: 'admin', url: 'http://shop-main.localhost:8080' }),
      port({ port: 3000, url: 'http://shop-main.localhost:3000' }),
      port({ port: 5432, name: 'db', protocol: 'tcp', tcp: '127.77.12.5:5432' }),
    ],
  });

  it('opens the one that is asked for, by number or name, else the one that has a name', () => {
    expect(urlOf(workspace, '3000')).toBe('http://shop-main.localhost:3000');
    expect(urlOf(workspace, 'admin')).toBe('http://shop-main.localhost:8080');
    expect(urlOf(workspace, undefined)).toBe('http://shop-main.localhost:8080');
  });

  it('says what there is instead', () => {
    expect(() => urlOf(workspace, 'www')).toThrow('ports: 3000, 5432 (db), 8080 (admin)');
    expect(() => urlOf(workspace, 'db')).toThrow('it is plain TCP, at 127.77.12.5:5432');
    expect(() => urlOf(aWorkspace(), undefined)).toThrow('nothing in workspace "shop-main" answers a browser yet');
  });

  it('hands no other scheme to the browser', () => {
    expect(() => urlOf(withStatus({ ports: [port({ url: 'file:///etc/passwd' })] }), '3000')).toThrow('no URL');
  });

  it('says why a URL does not work', () => {
    expect(stateOf(port({}))).toBe('OK');
    expect(stateOf(port({ listening: false }))).toBe('not listening');
    expect(stateOf(port({ routed: false, reason: 'PortTaken', message: 'held by nginx' }))).toBe(
      'PortTaken: held by nginx',
    );
  });

  it('says why plain TCP does not work, though the URL does', () => {
    expect(tcpStateOf(port({ tcp: '127.77.12.5:3000' }))).toBe('OK');
    expect(tcpStateOf(port({ message: 'held by postgres' }))).toBe('NotServed: held by postgres');
    expect(tcpStateOf(port({ listening: false }))).toBe('not listening');
  });
});
