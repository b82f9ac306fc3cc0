const MEMORY_UNITS: Record<string, number> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Billionths of a processor, from `2`, `0.5` or `500m`. @throws RangeError */
export function parseCpus(text: string): number {
  const match = /^(\d+(?:\.\d{1,3})?)(m?)$/.exec(text);
  if (!match?.[1] || (match[2] && text.includes('.'))) throw new RangeError(`not a number of processors: ${text}`);
  return Math.round(Number(match[1]) * (match[2] ? 1e6 : 1e9));
}

/** Bytes, from `4Gi`, `512M` or `1048576`. @throws RangeError */
export function parseMemory(text: string): number {
  const match = /^([1-9]\d*)([A-Za-z]*)$/.exec(text);
  const unit = MEMORY_UNITS[match?.[2] ?? ''];
  if (!match?.[1] || unit === undefined) throw new RangeError(`not an amount of memory: ${text}`);
  return Number(match[1]) * unit;
}
