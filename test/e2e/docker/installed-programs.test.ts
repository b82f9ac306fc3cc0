import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeRepo } from '../../support/app-repo.ts';
import { createInstance } from '../../support/instance.ts';
import type { Instance } from '../../support/instance.ts';
import { SERVER_FILES, project, workspace } from '../../support/objects.ts';
import { workspaceShell } from '../../support/workspace-shell.ts';

const NAME = 'a-program-of-the-machine';
const FILE = `/usr/local/bin/${NAME}`;
/** In the container alone: its file system is an image's. */
const SETUP = [`printf '#!/bin/sh\\necho from inside\\n' >${FILE}`, `chmod 755 ${FILE}`];

let dual: Instance;

beforeAll(async () => {
  dual = await createInstance();
  const repo = makeRepo(path.join(dual.home, 'repos/app'), SERVER_FILES);
  dual.manifest(
    'app.yaml',
    project('app', { source: { path: repo }, image: { setup: SETUP } }),
    workspace('app-main', { project: 'app', branch: 'main' }),
  );
  await dual.ready('app-main');
});

afterAll(() => dual.destroy());

it('a program that the machine alone has is there on the host too', async () => {
  expect(existsSync(FILE)).toBe(false);
  const { env, cwd } = await workspaceShell(dual, 'app-main');
  const output = execFileSync('bash', ['-c', `command -v ${NAME}; ${NAME}`], { env, cwd, encoding: 'utf8' });
  expect(output).toBe(`${env['DUAL_SHIMS']}/bin/${NAME}\nfrom inside\n`);
});
