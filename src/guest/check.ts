import { constants } from 'node:os';
import { MAX_PORTS, MAX_PROCESS_NAME, PROTOCOL } from './protocol.ts';
import type { ExecRequest, ExecResult, Hello, ListeningPort } from './protocol.ts';

/** What came over the wire is not what the protocol says. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

type Fields = Record<string, unknown>;

/** @throws ProtocolError unless it is a guest that speaks this side's protocol */
export function checkHello(value: unknown): Hello {
  const hello = fields(value, 'hello');
  const protocols = hello['protocols'];
  if (hello['dual'] !== 'guest') throw new ProtocolError('what answers there is not a guest');
  if (!Array.isArray(protocols) || !isInteger(protocols[0], 0, 65_535) || !isInteger(protocols[1], 0, 65_535)) {
    throw new ProtocolError('the guest does not say which protocols it speaks');
  }
  const [oldest, newest] = protocols as [number, number];
  if (PROTOCOL < oldest || PROTOCOL > newest) {
    throw new ProtocolError(
      `the guest speaks protocols ${oldest} to ${newest}, not ${PROTOCOL}: restart the workspace to renew it`,
    );
  }
  const pid = isInteger(hello['pid'], 1, 2 ** 31) ? hello['pid'] : 0;
  return { dual: 'guest', protocols: [oldest, newest], version: printable(hello['version'], 64), pid };
}

/** The ports of a PortsMessage. Guests are hostile: what is not a port is dropped, what is too much is cut off. */
export function checkPorts(value: unknown): ListeningPort[] {
  const list = fields(value, 'ports message')['ports'];
  if (!Array.isArray(list)) throw new ProtocolError('the guest gives no list of ports');
  const ports = new Map<number, ListeningPort>();
  for (const item of list as unknown[]) {
    if (ports.size >= MAX_PORTS) break;
    const port = checkPort(item);
    if (port && !ports.has(port.port)) ports.set(port.port, port);
  }
  return [...ports.values()].sort((a, b) => a.port - b.port);
}

function checkPort(value: unknown): ListeningPort | undefined {
  if (!isRecord(value) || !isInteger(value['port'], 1, 65_535)) return undefined;
  const port: ListeningPort = {
    port: value['port'],
    reachable: value['reachable'] === true,
    process: printable(value['process'], MAX_PROCESS_NAME),
  };
  if (isInteger(value['pid'], 1, 2 ** 31)) port.pid = value['pid'];
  return port;
}

/** @throws ProtocolError that names the field */
export function checkExecRequest(value: unknown): ExecRequest {
  const request = fields(value, 'request');
  const { argv, cwd, env, umask, tty } = request;
  if (!Array.isArray(argv) || argv.length === 0 || !argv.every(isArgument)) throw bad('argv');
  if (!isArgument(cwd) || !cwd.startsWith('/')) throw bad('cwd');
  if (!isRecord(env) || !Object.entries(env).every(isVariable)) throw bad('env');
  if (!isInteger(umask, 0, 0o777)) throw bad('umask');
  const checked: ExecRequest = { argv: argv as string[], cwd, env: env as Record<string, string>, umask };
  if (tty !== undefined) checked.tty = checkTty(tty);
  return checked;
}

function checkTty(value: unknown): NonNullable<ExecRequest['tty']> {
  const { rows, cols, term } = fields(value, 'tty');
  if (!isSize(rows) || !isSize(cols) || !isArgument(term)) throw bad('tty');
  return { rows, cols, term };
}

/** @throws ProtocolError */
export function checkExecResult(value: unknown): ExecResult {
  const result = fields(value, 'result');
  if (isInteger(result['code'], 0, 255)) return { code: result['code'] };
  if (isSignal(result['signal'])) return { signal: result['signal'] };
  const failed = (['ENOENT', 'EACCES', 'ENOTDIR', 'E2BIG'] as const).find((code) => code === result['failed']);
  if (failed) return { failed, message: printable(result['message'], 4096) };
  throw new ProtocolError('the guest does not say how the command ended');
}

export function isSignal(value: unknown): value is NodeJS.Signals {
  return typeof value === 'string' && Object.hasOwn(constants.signals, value);
}

/** Whether a terminal can have that many rows or columns. */
export function isSize(value: unknown): value is number {
  return isInteger(value, 1, 10_000);
}

function isInteger(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

function isArgument(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

function isVariable([name, value]: [string, unknown]): boolean {
  return name !== '' && !name.includes('=') && isArgument(name) && isArgument(value);
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fields(value: unknown, name: string): Fields {
  if (isRecord(value)) return value;
  throw new ProtocolError(`${name} is not an object`);
}

function bad(field: string): ProtocolError {
  return new ProtocolError(`${field} of the command is not valid`);
}

/** Without control and format characters, so that nothing inside can steer a terminal or forge a line. */
function printable(value: unknown, length: number): string {
  if (typeof value !== 'string') return '';
  return value.slice(0, length).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '');
}
