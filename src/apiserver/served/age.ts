const UNITS = [
  { name: 'y', seconds: 365 * 86_400 },
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3600 },
  { name: 'm', seconds: 60 },
  { name: 's', seconds: 1 },
] as const;

type Unit = (typeof UNITS)[number]['name'];

/** How long ago that RFC 3339 time is, as kubectl writes it. */
export function age(time: unknown, now: number): string {
  const then = typeof time === 'string' ? Date.parse(time) : NaN;
  return Number.isNaN(then) ? '<unknown>' : humanDuration(now - then);
}

/** Two units where they matter, as in `5m30s`, `3h10m`, `2d4h`: apimachinery's `duration.HumanDuration`. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  const [first, second] = unitsFor(seconds);
  const whole = Math.floor(seconds / sizeOf(first));
  const rest = second ? Math.floor((seconds % sizeOf(first)) / sizeOf(second)) : 0;
  return rest === 0 ? `${whole}${first}` : `${whole}${first}${rest}${second}`;
}

/** Up to which age (in seconds) which units are shown. */
const STEPS: readonly { below: number; units: [Unit, Unit?] }[] = [
  { below: 120, units: ['s'] },
  { below: 600, units: ['m', 's'] },
  { below: 3 * 3600, units: ['m'] },
  { below: 8 * 3600, units: ['h', 'm'] },
  { below: 48 * 3600, units: ['h'] },
  { below: 8 * 86_400, units: ['d', 'h'] },
  { below: 2 * 365 * 86_400, units: ['d'] },
  { below: 8 * 365 * 86_400, units: ['y', 'd'] },
];

function unitsFor(seconds: number): [Unit, Unit?] {
  return STEPS.find(({ below }) => seconds < below)?.units ?? ['y'];
}

function sizeOf(unit: Unit): number {
  return UNITS.find(({ name }) => name === unit)!.seconds;
}
