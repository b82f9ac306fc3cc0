import { REASON } from '../api/conditions.ts';
import { StalledError } from '../errors/reconcile-errors.ts';

/** The fields that count here, not yet checked: the file is hostile. */
export interface PackageJson {
  engines?: unknown;
  packageManager?: unknown;
}

/** Undefined when there is none. @throws UnreadablePackageJson */
export function parsePackageJson(text: string | undefined): PackageJson | undefined {
  if (text === undefined) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UnreadablePackageJson({ cause: error });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new UnreadablePackageJson();
  return parsed;
}

/** An editor or a merge conflict may leave the file like this for a while. */
export class UnreadablePackageJson extends StalledError {
  constructor(options?: ErrorOptions) {
    super(
      REASON.unknownVersion,
      'package.json is not a JSON object, so the Node version it needs is unknown: correct it',
      options,
    );
  }
}

/** `engines.NAME` as text; undefined when it is not set. A value that is no text is passed on as its JSON. */
export function engineOf(manifest: PackageJson | undefined, name: string): string | undefined {
  const engines = manifest?.engines;
  if (typeof engines !== 'object' || engines === null || !Object.hasOwn(engines, name)) return undefined;
  const value = (engines as Record<string, unknown>)[name];
  const text = typeof value === 'string' ? value.trim() : JSON.stringify(value);
  return text === '' ? undefined : text;
}
