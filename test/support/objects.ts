import { BACKEND, DRIVER } from './driver.ts';

interface ProjectParts {
  container?: object;
  session?: object;
  [field: string]: unknown;
}

/** Manifests for tests, short. Runs on what the tests run on, unless it says otherwise. */
export function project(name: string, spec: ProjectParts): object {
  const container = { driver: DRIVER, ...spec.container };
  const session = { backend: BACKEND, ...spec.session };
  return {
    apiVersion: 'dual.dev/v1alpha1',
    kind: 'Project',
    metadata: { name },
    spec: { ...spec, container, session },
  };
}

export function workspace(name: string, spec: Record<string, unknown>): object {
  return { apiVersion: 'dual.dev/v1alpha1', kind: 'Workspace', metadata: { name }, spec };
}

/** A server on 127.0.0.1:3000 that answers with the content of the file `content` of its branch, and the `Host` it was asked by. */
export const SERVER_FILES = {
  'package.json': JSON.stringify({ name: 'app', private: true }),
  '.nvmrc': '22.23.3\n',
  '.gitignore': 'node_modules\n',
  content: 'main\n',
  'server.js': `
const { readFileSync } = require('node:fs');
require('node:http')
  .createServer((request, response) => response.end(readFileSync('content', 'utf8') + request.headers.host))
  .listen(3000, '127.0.0.1');
`,
};

export const SERVER_PANES = {
  panes: [{ name: 'dev', command: 'node server.js', on: 'container', restart: 'OnFailure' }, { name: 'shell' }],
};
