import { describe, expect, it } from 'vitest';
import { formatAge, formatDuration } from '../../../../src/cli/shared/age.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

describe('formatDuration', () => {
  it.each([
    [-5, '<invalid>'],
    [-1, '0s'],
    [0, '0s'],
    [5, '5s'],
    [119, '119s'],
    [2 * MINUTE, '2m'],
    [3 * MINUTE + 12, '3m12s'],
    [10 * MINUTE + 12, '10m'],
    [179 * MINUTE, '179m'],
    [3 * HOUR + 5 * MINUTE, '3h5m'],
    [8 * HOUR + 5 * MINUTE, '8h'],
    [2 * DAY + 3 * HOUR, '2d3h'],
    [8 * DAY + 3 * HOUR, '8d'],
    [2 * YEAR + DAY, '2y1d'],
    [9 * YEAR + DAY, '9y'],
  ])('%d seconds: %s', (seconds, expected) => {
    expect(formatDuration(seconds * 1000)).toBe(expected);
  });
});

describe('formatAge', () => {
  it('is <unknown> without a time', () => {
    expect(formatAge(undefined, 0)).toBe('<unknown>');
    expect(formatAge('2026-01-02T03:04:05Z', Date.parse('2026-01-02T03:05:05Z'))).toBe('60s');
  });
});
