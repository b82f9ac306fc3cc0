import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProgram } from '../../../src/exec/find-program.ts';
import { makeRepo } from '../../support/app-repo.ts';
import { createInstance } from '../../support/instance.ts';
import type { Instance } from '../../support/instance.ts';
import { project, workspace } from '../../support/objects.ts';
import { workspaceShell } from '../../support/workspace-shell.ts';
import type { Outcome, Probe } from './probe.ts';
import { PROBES } from './probes/index.ts';
import { runProbe } from './run-probe.ts';
import { shellsOf } from './shells.ts';
import type { Shells } from './shells.ts';

/** Asks for the Node that the host has, so that the two can agree in its version and in what it says of errors. */
const FILES = {
  'package.json': JSON.stringify({ name: 'app', private: true }),
  'pyproject.toml': '[project]\nname = "app"\nversion = "0"\nrequires-python = ">=3.9"\n',
  '.nvmrc': `${process.version}\n`,
};

let dual: Instance;
let shells: Shells;

beforeAll(async () => {
  dual = await createInstance();
  const source = makeRepo(path.join(dual.home, 'repos/app'), FILES);
  const image = { packages: ['curl', 'lsof', 'make', 'procps'] };
  dual.manifest('app.yaml', project('app', { source: { path: source }, image }));
  dual.manifest('app-main.yaml', workspace('app-main', { project: 'app', branch: 'main' }));
  await dual.ready('app-main');
  shells = shellsOf(await workspaceShell(dual, 'app-main'), dual.home);
});

afterAll(() => dual.destroy());

/** Where two processes write to one terminal, what is shown depends on who is quicker, on a bare machine as well. */
const RACES = { retry: 2 };
const isRace = ({ steps, run, races }: Probe): boolean =>
  races !== undefined || steps !== undefined || run.includes('script -q');

const isPossible = ({ needs }: Probe): boolean => needs === undefined || findProgram(needs, process.env) !== undefined;

for (const [subject, probes] of Object.entries(PROBES)) {
  describe(`a routed command and a plain one agree in: ${subject}`, () => {
    for (const probe of probes.filter((each) => isPossible(each) && !each.differs)) {
      it(probe.name, isRace(probe) ? RACES : {}, async () => {
        expect(await runProbe(probe, shells.routed)).toEqual(await plainly(probe));
      });
    }
  });
}

describe('a routed command differs, as is wanted:', () => {
  for (const probe of Object.values(PROBES).flat()) {
    const { differs } = probe;
    if (!differs || !isPossible(probe)) continue;
    it(`${probe.name}, since ${differs.reason}`, isRace(probe) ? RACES : {}, async () => {
      const plain = await plainly(probe);
      const routed = await runProbe(probe, shells.routed);
      expect(routed).toEqual({ ...plain, ...differs.routed });
      expect(routed, 'no longer a difference').not.toEqual(plain);
    });
  }
});

/** A probe that a plain shell does not come to the end of shows nothing. */
async function plainly(probe: Probe): Promise<Outcome> {
  const outcome = await runProbe(probe, shells.plain);
  expect(outcome.ends).not.toBe('not at all');
  return outcome;
}
