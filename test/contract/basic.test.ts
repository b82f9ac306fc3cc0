import { afterAll, beforeAll } from 'vitest';
import { basicDriver, bundleSessions, endHolder } from '../support/basic-sessions.ts';
import type { Programs } from '../support/basic-sessions.ts';
import { describeSessionDriver } from './session-driver.contract.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await bundleSessions();
});
afterAll(() => programs.remove());

describeSessionDriver('basic', {
  create: (options) => basicDriver(programs, options),
  clean: endHolder,
});
