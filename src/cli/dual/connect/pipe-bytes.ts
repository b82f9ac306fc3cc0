import type { Duplex } from 'node:stream';
import type { Context } from '../../shared/context.ts';
import { CliError } from '../../shared/errors.ts';
import { endOutput } from './end-output.ts';

/**
 * Passes bytes between the caller's streams and the tunnel, each direction until its own end. Settles when both are over; where a person
 * types, when the service is: there is no end of input to wait for.
 * @throws CliError when the connection is cut off
 */
export async function pipeBytes(tunnel: Duplex, { stdin, stdout }: Pick<Context, 'stdin' | 'stdout'>): Promise<void> {
  let failure: Error | undefined;
  let written: Promise<void> | undefined;
  const closed = new Promise<void>((resolve) => {
    tunnel.once('close', () => resolve());
  });
  tunnel.on('error', (error) => {
    // A service that has said all it had to say need not take what still comes.
    if (!written) failure = error;
  });
  tunnel.once('end', () => {
    written = endOutput(stdout);
    if (stdin.isTTY) tunnel.destroy();
  });
  tunnel.pipe(stdout, { end: false });
  stdin.once('error', () => tunnel.end());
  stdin.pipe(tunnel);
  await closed;
  await written;
  stdin.unpipe(tunnel);
  if (failure) throw new CliError(`the connection was cut off: ${failure.message}`, 1, { cause: failure });
}
