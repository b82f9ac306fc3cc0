import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Container } from '../../src/drivers/container/driver.ts';

/** `run`: the process outside with which the sandbox lives and dies; `init`: its first process. */
export function pidOf(dir: string, { owner }: Pick<Container, 'owner'>, which: 'run' | 'init'): number {
  return Number(readFileSync(path.join(dir, owner.uid, `${which}.pid`), 'utf8').split(' ')[0]);
}
