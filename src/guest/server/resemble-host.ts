import type { ImageConfig } from './config.ts';
import { removeEngineTraces } from './engine-traces.ts';
import { linkHostLocales } from './locales.ts';
import { setTimeZone } from './time-zone.ts';

/**
 * Makes a machine whose file system is an image's look like its host. To be called before there is any command. What an image does not
 * allow is told and left as it is: programs run all the same.
 */
export function resembleHost(
  { timeZone }: ImageConfig,
  env: NodeJS.ProcessEnv,
  complain: (error: unknown) => void,
): void {
  const steps = [
    () => removeEngineTraces(env),
    () => linkHostLocales(),
    ...(timeZone ? [() => setTimeZone(timeZone)] : []),
  ];
  for (const step of steps) {
    try {
      step();
    } catch (error) {
      complain(error);
    }
  }
}
