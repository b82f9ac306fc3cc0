import type { Probe } from '../probe.ts';
import { ARGUMENTS } from './arguments.ts';
import { DIRECTORIES } from './directories.ts';
import { ENDS } from './ends.ts';
import { ENVIRONMENT } from './environment.ts';
import { FILES } from './files.ts';
import { IDENTITY } from './identity.ts';
import { INTERACTIVE } from './interactive.ts';
import { NETWORK } from './network.ts';
import { ROUTING } from './routing.ts';
import { RUNNERS } from './runners.ts';
import { SHELLS } from './shells.ts';
import { SIGNALS } from './signals.ts';
import { STDIN } from './stdin.ts';
import { STDOUT } from './stdout.ts';
import { TERMINAL } from './terminal.ts';

/** All probes, by what they are about. */
export const PROBES: Readonly<Record<string, readonly Probe[]>> = {
  arguments: ARGUMENTS,
  directories: DIRECTORIES,
  identity: IDENTITY,
  environment: ENVIRONMENT,
  ends: ENDS,
  stdin: STDIN,
  'stdout and stderr': STDOUT,
  signals: SIGNALS,
  shells: SHELLS,
  runners: RUNNERS,
  files: FILES,
  network: NETWORK,
  terminal: TERMINAL,
  'interactive shells': INTERACTIVE,
  routing: ROUTING,
};
