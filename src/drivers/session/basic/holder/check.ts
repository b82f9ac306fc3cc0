import type { PaneSpec, SessionSpec } from '../../driver.ts';
import type { Keys, Request, Size } from '../protocol.ts';
import { RefusalError } from './refuse.ts';

type Fields = Record<string, unknown>;

/** What came over the socket, as a request. @throws RefusalError that names what is wrong */
export function checkRequest(value: unknown): Request {
  const it = fields(value, 'request');
  const op = text(it, 'op');
  if (op === 'attach') return { op, session: text(it, 'session'), ...checkSize(it) };
  if (op === 'list' || op === 'watch') return { op, install: text(it, 'install') };
  if (op === 'create') return { op, install: text(it, 'install'), spec: checkSpec(it['spec']), env: texts(it, 'env') };
  return checkSessionRequest(op, it);
}

function checkSessionRequest(op: string, it: Fields): Request {
  const of = { install: text(it, 'install'), session: text(it, 'session') };
  switch (op) {
    case 'destroy':
    case 'detach':
      return { op, ...of };
    case 'add':
    case 'restart':
      return { op, ...of, pane: checkPane(it['pane']), env: texts(it, 'env') };
    case 'remove':
    case 'log':
      return { op, ...of, pane: text(it, 'pane') };
    case 'follow':
      return { op, ...of, pane: text(it, 'pane'), history: it['history'] === true };
    default:
      throw bad('op');
  }
}

/** What a terminal sends. @throws RefusalError */
export function checkKeys(value: unknown): Keys {
  const it = fields(value, 'message');
  if (typeof it['input'] === 'string') return { input: it['input'] };
  if (it['resize'] !== undefined) return { resize: checkSize(fields(it['resize'], 'resize')) };
  if (it['redraw'] === true) return { redraw: true };
  const select = it['select'];
  if (select === 'next' || select === 'previous' || isCount(select, 0)) return { select };
  throw bad('message');
}

function checkSpec(value: unknown): SessionSpec {
  const it = fields(value, 'spec');
  const owner = fields(it['owner'], 'owner');
  const panes = it['panes'];
  if (!Array.isArray(panes)) throw bad('panes');
  return {
    name: text(it, 'name'),
    cwd: text(it, 'cwd'),
    specHash: text(it, 'specHash'),
    owner: { uid: text(owner, 'uid'), workspace: text(owner, 'workspace'), project: text(owner, 'project') },
    env: texts(it, 'env'),
    panes: panes.map(checkPane),
  };
}

function checkPane(value: unknown): PaneSpec {
  const it = fields(value, 'pane');
  const command = it['command'];
  if (!Array.isArray(command) || !command.every((one) => isText(one))) throw bad('command');
  return { name: text(it, 'name'), command, target: text(it, 'target'), specHash: text(it, 'specHash') };
}

function checkSize({ rows, cols }: Fields): Size {
  if (isCount(rows, 1) && isCount(cols, 1)) return { rows, cols };
  throw bad('size');
}

function fields(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw bad(what);
}

function text(it: Fields, name: string): string {
  const value = it[name];
  if (isText(value)) return value;
  throw bad(name);
}

function texts(it: Fields, name: string): Record<string, string> {
  const values = fields(it[name], name);
  if (Object.entries(values).every((entry) => entry.every(isText))) return values as Record<string, string>;
  throw bad(name);
}

/** The system's strings end at the first NUL. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

function isCount(value: unknown, least: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= 0xffff;
}

function bad(what: string): RefusalError {
  return new RefusalError('Failed', `"${what}" is missing or not as it should be`);
}
