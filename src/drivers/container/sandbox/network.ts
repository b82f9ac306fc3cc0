import { REASON } from '../../../api/conditions.ts';
import { RetryError } from '../../../errors/reconcile-errors.ts';
import { processStat } from '../../../exec/proc-stat.ts';
import type { Env } from '../../../exec/run.ts';
import type { Log } from '../../../log/log.ts';
import type { Network, NetworkHelper } from './helpers.ts';
import { endProcess, startProcess } from './network/process.ts';
import { observeNetwork } from './network/state.ts';
import type { NetworkTool } from './network/tools.ts';
import { readIfThere } from './read-file.ts';

/** Milliseconds for which a program that failed is left alone, so that a machine starts without it rather than never. */
const LEAVE_ALONE = 10 * 60 * 1000;

export interface NetworkOptions {
  env: Env;
  log: Log;
  /** The host's; `/etc/resolv.conf` when left out. */
  resolvConf?: string;
}

/** The way out of sandboxes, by `slirp4netns` or `pasta`. Looked for anew each time, so that one installed meanwhile counts. */
export function createNetwork({ env, log, resolvConf = '/etc/resolv.conf' }: NetworkOptions): Network {
  const failures = new Map<string, { at: number; message: string }>();

  function failureOf(name: string): string | undefined {
    const failure = failures.get(name);
    return failure && performance.now() - failure.at < LEAVE_ALONE ? failure.message : undefined;
  }
  function noteFailure(name: string, message: string): void {
    failures.set(name, { at: performance.now(), message });
    log.warn({ tool: name, message }, 'no network for a sandbox');
  }

  return {
    find: () => {
      const state = observeNetwork(env);
      if ('reason' in state) return Promise.resolve({ notice: notice(state.reason, `to get one: ${state.fix}`) });
      const tool = state.tools.find(({ name }) => failureOf(name) === undefined);
      if (tool) return Promise.resolve({ helper: helper(tool, { resolvConf, onFailure: noteFailure }) });
      const reasons = state.tools.map(({ name }) => `${name} failed: ${failureOf(name)}`);
      return Promise.resolve({ notice: notice(reasons.join('; ')) });
    },
    detach: endProcess,
  };
}

function notice(reason: string, fix?: string): string {
  return `outgoing network: none but loopback, since ${reason}${fix === undefined ? '' : `; ${fix}`}`;
}

interface HelperContext {
  resolvConf: string;
  onFailure(tool: string, message: string): void;
}

function helper(tool: NetworkTool & { file: string }, { resolvConf, onFailure }: HelperContext): NetworkHelper {
  return {
    name: tool.name,
    resolvConf: (host) => tool.resolvConf(host),
    async attach({ pid, dir }) {
      await endProcess(dir);
      const host = (await readIfThere(resolvConf)) ?? '';
      try {
        await startProcess(dir, { file: tool.file, args: (options) => tool.args({ ...options, pid, host }) });
      } catch (error) {
        const { message } = error as Error;
        await endProcess(dir);
        // One that has just ended says nothing of the program.
        if (processStat(pid) !== undefined) onFailure(tool.name, message);
        throw new RetryError(REASON.containerFailed, `${tool.name} gave the sandbox no network: ${message}`, {
          cause: error,
        });
      }
    },
  };
}
