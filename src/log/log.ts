import pino from 'pino';

/** Structured log, one JSON line each. Components get a child with their name. Never give it secrets or whole objects. */
export type Log = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error'> & {
  child(bindings: Record<string, unknown>): Log;
};

/** Writes to standard output, which the starter of the process points at a file. Level by `DUAL_LOG` (default `info`). */
export function createLog(component: string, level = 'info'): Log {
  return pino(
    { level, base: { component }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 1, sync: true }),
  );
}

export const silentLog: Log = pino({ level: 'silent' });
