import type { Description } from './routes.ts';

/** What the control server takes. Every size has a bound. */

const NAME = { type: 'string', pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$', maxLength: 63 };
const PORTS = { type: 'array', maxItems: 1024, items: { type: 'integer', minimum: 1, maximum: 65_535 } };
/** 127/8 alone: whatever a route says, nothing listens beyond loopback because of it. */
const LOOPBACK = '^127(\\.(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)){3}$';

export const NAMED = { type: 'object', properties: { workspace: NAME } };

export const ROUTE = {
  type: 'object',
  required: ['workspace', 'ports', 'awaited'],
  properties: {
    workspace: NAME,
    endpoint: {
      type: 'object',
      required: ['socket'],
      properties: { socket: { type: 'string', minLength: 1, maxLength: 4096 } },
    },
    ports: PORTS,
    awaited: PORTS,
    tcp: {
      type: 'object',
      required: ['address', 'ports'],
      properties: { address: { type: 'string', pattern: LOOPBACK }, ports: PORTS },
    },
    directory: { type: 'string', pattern: '^/', maxLength: 4096 },
    focusedAt: { type: 'string', maxLength: 40 },
  },
};

const MAX_WORD = 64;
const MAX_MESSAGE = 4096;
const MAX_CONDITIONS = 16;

const WORD = { type: 'string', maxLength: MAX_WORD };
const MESSAGE = { type: 'string', maxLength: MAX_MESSAGE };

export const DESCRIPTION = {
  type: 'object',
  required: ['phase', 'message', 'conditions'],
  properties: {
    phase: WORD,
    message: MESSAGE,
    conditions: {
      type: 'array',
      maxItems: MAX_CONDITIONS,
      items: {
        type: 'object',
        required: ['type', 'status', 'reason', 'message'],
        properties: { type: WORD, status: WORD, reason: WORD, message: MESSAGE },
      },
    },
  },
};

/** A description with its messages cut to what the control server takes: they may carry the end of a build's log, which is where its error is. */
export function fitting({ phase, message, conditions }: Description): Description {
  return {
    phase,
    message: lastPart(message),
    conditions: conditions.map((condition) => ({ ...condition, message: lastPart(condition.message) })),
  };
}

/** Bounds of schemas count code points, of which there are never more than code units. */
function lastPart(message: string): string {
  return message.length > MAX_MESSAGE ? `…${message.slice(1 - MAX_MESSAGE)}` : message;
}
