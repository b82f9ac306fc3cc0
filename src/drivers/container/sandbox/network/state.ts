import { closeSync, openSync } from 'node:fs';
import { findProgram } from '../../../../exec/find-program.ts';
import { installCommand } from '../../../../exec/install-command.ts';
import type { Env } from '../../../../exec/run.ts';
import { NETWORK_TOOLS, type NetworkTool } from './tools.ts';

/** Programs that can be used here, best first, with their paths; or why there is none. */
export type NetworkState = { tools: (NetworkTool & { file: string })[] } | NetworkTrouble;

export interface NetworkTrouble {
  /** Completes a sentence that ends in "since". */
  reason: string;
  /** A command, or a sentence where there is none. */
  fix: string;
}

/** Looks only. */
export function observeNetwork(env: Env, device = '/dev/net/tun'): NetworkState {
  const tools = NETWORK_TOOLS.flatMap((tool) => {
    const file = findProgram(tool.name, env);
    return file === undefined ? [] : [{ ...tool, file }];
  });
  if (tools.length === 0) {
    return {
      reason: `neither ${NETWORK_TOOLS.map(({ name }) => name).join(' nor ')} is installed`,
      fix: installCommand({ env, platform: 'linux' }, 'slirp4netns'),
    };
  }
  return troubleWith(device) ?? { tools };
}

/** Opened and not only looked at: a container may show a device that it may not use. */
function troubleWith(device: string): NetworkTrouble | undefined {
  try {
    closeSync(openSync(device, 'r+'));
    return undefined;
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (code === 'EACCES') return { reason: `this user may not use ${device}`, fix: `sudo chmod 0666 ${device}` };
    return { reason: `${device} cannot be used (${code})`, fix: 'sudo modprobe tun' };
  }
}
