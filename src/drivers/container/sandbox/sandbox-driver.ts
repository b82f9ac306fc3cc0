import { systemClock } from '../../../clock/clock.ts';
import { asError } from '../../../errors/reconcile-errors.ts';
import { createKeyedLock } from '../../../exec/keyed-lock.ts';
import { recently } from '../../recently.ts';
import type { ContainerDriver, EngineProbe } from '../driver.ts';
import { createSandboxes } from './containers.ts';
import type { Context, SandboxDriverOptions } from './context.ts';
import { ensureSandbox } from './ensure.ts';
import { explain } from './errors.ts';
import { probeSandbox } from './probe.ts';
import { removeSandbox, stopSandbox, tidySandbox } from './remove.ts';
import { createWatch } from './watch.ts';

export type { SandboxDriverOptions } from './context.ts';

/** Milliseconds for which an answer of the probe holds. */
const PROBE_AGE = 10_000;

/** Machines as sets of Linux namespaces on the host's own file system. No engine. */
export function createSandboxDriver(options: SandboxDriverOptions): ContainerDriver {
  const { dir, install, clock = systemClock, log } = options;
  const lock = createKeyedLock();
  const sandboxes = createSandboxes(dir, install, (uid, err) => log.warn({ err, uid }, 'cannot look at a sandbox'));
  const watch = createWatch({ dir, install, clock, log, onDeath: tidy });
  const context: Context = {
    ...options,
    clock,
    root: process.getuid?.() === 0,
    probe: recently(() => probe(options.env), PROBE_AGE),
    onExit,
  };

  async function exclusively<T>(uid: string, doing: string, work: () => Promise<T>): Promise<T> {
    const release = await lock(uid);
    try {
      return await explained(doing, work);
    } finally {
      release();
      watch.nudge();
    }
  }
  function onExit(uid: string): void {
    watch.nudge();
    tidy(uid);
  }
  function tidy(uid: string): void {
    exclusively(uid, 'tidying up', () => tidySandbox(context, uid)).catch((error: unknown) =>
      log.warn({ err: error, uid }, 'something of a sandbox that has ended is left'),
    );
  }

  return {
    name: 'sandbox',
    root: 'host',
    probe: context.probe,
    inspect: (uid) => explained('looking at the sandbox', () => sandboxes.byUid(uid)),
    list: () => explained('looking at the sandboxes', sandboxes.all),
    ensure: (spec) => exclusively(spec.owner.uid, `starting ${spec.name}`, () => ensureSandbox(context, spec)),
    stop: (uid) => exclusively(uid, 'stopping the sandbox', () => stopSandbox(context, uid)),
    remove: (uid) => exclusively(uid, 'removing the sandbox', () => removeSandbox(context, uid)),
    watch: watch.watch,
  };
}

async function explained<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(error, doing);
  }
}

/** Never rejects. */
async function probe(env: SandboxDriverOptions['env']): Promise<EngineProbe> {
  try {
    return await probeSandbox((await env())['PATH']);
  } catch (error) {
    return { available: false, message: `cannot tell whether sandboxes can be made: ${asError(error).message}` };
  }
}
