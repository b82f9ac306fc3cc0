import { REASON } from '../api/conditions.ts';
import { StalledError } from '../errors/reconcile-errors.ts';

const SHOWN = 60;

/** The repo asks for something that cannot be had. `file` and `value` say where and what; `why` what to do. */
export function unknownVersion(file: string, value: string, why: string): StalledError {
  return new StalledError(REASON.unknownVersion, `${file} asks for ${quoted(value)}: ${why}`);
}

/** A value out of a hostile file, fit for messages: short, on one line, printable, in quotes. */
export function quoted(value: string): string {
  return JSON.stringify(printable(value));
}

/** A value out of a hostile file, fit for messages: short, on one line, printable. */
export function printable(value: string): string {
  const cut = value.length > SHOWN ? `${value.slice(0, SHOWN)}...` : value;
  return cut.replace(/[^\x20-\x7e]/g, '?');
}
