import { createHash } from 'node:crypto';
import type { ContainerSpec } from './driver.ts';

/** Tells whether a machine still is what the spec says: SHA-256, 16 hex digits, over everything but the hash itself. */
export function containerSpecHash(spec: Omit<ContainerSpec, 'specHash'>): string {
  return createHash('sha256').update(JSON.stringify(spec, sortKeys)).digest('hex').slice(0, 16);
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
