const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `5m`, `1h30m`, or a number of seconds; in milliseconds. @throws RangeError that says what is accepted */
export function parseDuration(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const parts = text.match(/\d+(\.\d+)?(ms|s|m|h|d)/g) ?? [];
  if (parts.length === 0 || parts.join('') !== text) {
    throw new RangeError(`"${text}" is not a duration; write it as in 90s, 5m or 1h30m`);
  }
  return parts.reduce((sum, part) => {
    const number = parseFloat(part);
    return sum + number * (UNITS[part.replace(/^[\d.]+/, '')] ?? 0);
  }, 0);
}
