import type { Option } from 'commander';
import { parseDuration } from '../shared/duration.ts';

/**
 * Rewrites kubectl's ways to write flags that commander does not know: `--watch=false` and `--wait=true` for flags without a value,
 * `-o=json` for short ones. What stands behind `--` is left alone.
 */
export function normalizeFlags(args: readonly string[], options: readonly Option[]): string[] {
  const end = args.indexOf('--');
  const flags = end === -1 ? args : args.slice(0, end);
  return [...flags.flatMap((arg) => normalizeFlag(arg, options)), ...(end === -1 ? [] : args.slice(end))];
}

function normalizeFlag(arg: string, options: readonly Option[]): string[] {
  const [, flag, value] = /^(--[\w-]+|-\w)=(.*)$/s.exec(arg) ?? [];
  const option = options.find(({ long, short }) => flag !== undefined && (long === flag || short === flag));
  if (!option || flag === undefined || value === undefined) return [arg];
  if (option.isBoolean() || option.negate) return setBoolean(option, value) ?? [arg];
  return flag.startsWith('--') ? [arg] : [flag, value];
}

/** Off is how all of them begin, except for those that have a `--no-` twin. */
function setBoolean(option: Option, value: string): string[] | undefined {
  if (value === 'true') return [option.long ?? option.short ?? ''];
  if (value !== 'false') return undefined;
  return option.defaultValue === true && option.long ? [`--no-${option.long.slice(2)}`] : [];
}

/** For flags that may be given several times, or once with commas: `-f a -f b,c`. */
export function collect(value: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), ...value.split(',')];
}

/** `30s` or `1h30m` in milliseconds; `-1s` is a negative one. @throws RangeError that says what is accepted */
export function parseTimeout(text: string): number {
  return text.startsWith('-') ? -parseDuration(text.slice(1)) : parseDuration(text);
}
