import type { AccessEntry } from '../../proxy/access-log.ts';

/** One request for people to read. What clients have sent is shown without doing anything to their terminal. */
export function accessLine(entry: AccessEntry): string {
  const { time, workspace, port, client, method, target, host, status, duration, bytesIn, bytesOut, note } = entry;
  const request = `"${[method, target].filter(Boolean).map(escaped).join(' ')}"`;
  const words = [
    time,
    `${workspace ?? '-'}:${port}`,
    client,
    request,
    status ?? '-',
    `${Math.round(duration)}ms`,
    `in=${bytesIn} out=${bytesOut}`,
    // Whose it was not.
    workspace === undefined && `host="${escaped(host)}"`,
    note !== undefined && `(${escaped(note)})`,
  ];
  return words.filter((word) => word !== false).join(' ');
}

/** As JSON, which escapes only some of what a terminal may act on. */
export function accessJson(entry: AccessEntry): string {
  return JSON.stringify(entry).replaceAll(UNSAFE, unicodeEscape);
}

/** Controls, C1 ones too, and what turns the direction of text or ends a line. */
const UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

function escaped(text: string): string {
  return text.replaceAll(/["\\]/g, '\\$&').replaceAll(UNSAFE, unicodeEscape);
}

/** Each half of a pair on its own, as JSON has it. */
function unicodeEscape(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
