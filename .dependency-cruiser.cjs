// The import rule: a line of this list may import from lines above it, never from below, and from others of its own line
// only within the same part. CONTRIBUTING.md explains it.
const layers = [
  ['src/api'],
  ['src/conditions', 'src/errors'],
  ['src/log', 'src/clock', 'src/exec', 'src/config'],
  ['src/store'],
  ['src/apiserver'],
  ['src/client'],
  ['src/runtime'],
  ['src/drivers'],
  ['src/image'],
  ['src/guest'],
  ['src/shims'],
  ['src/proxy'],
  ['src/manifests'],
  ['controllers'],
  ['src/daemon'],
  ['src/cli'],
];

/** Interfaces are plain data: they say nothing of an implementation, whichever line that is on. */
const interfaces = [
  'src/drivers/[^/]+/driver[.]ts',
  'src/drivers/container/spec-hash[.]ts',
  'src/image/builder[.]ts',
  'src/guest/(guests|protocol)[.]ts',
  'src/shims/shims[.]ts',
  'src/proxy/routes[.]ts',
];
const isInterface = `^(${interfaces.join('|')})$`;

const matching = (folders) => `^(${folders.join('|')})/`;

function upward(folder, index) {
  const allowed = [folder, ...layers.slice(0, index).flat()];
  return {
    name: `layer-${folder.replace('/', '-')}`,
    comment: `${folder}/ may import from the lines above it only`,
    severity: 'error',
    from: { path: matching([folder]) },
    to: { path: '^(src|controllers)/', pathNot: [matching(allowed), isInterface] },
  };
}

module.exports = {
  forbidden: [
    ...layers.flatMap((line, index) => line.map((folder) => upward(folder, index))),
    {
      name: 'controllers-see-interfaces',
      comment: 'controllers/ may import no implementation',
      severity: 'error',
      from: { path: '^controllers/' },
      to: {
        path: '^src/',
        pathNot: [
          '^src/(api|client|runtime|conditions|errors|log|clock)/',
          '^src/config/paths[.]ts$',
          '^src/exec/remove-tree[.]ts$',
          isInterface,
        ],
      },
    },
    {
      name: 'controllers-apart',
      comment: "a kind's folder does not import another kind's",
      severity: 'error',
      from: { path: '^controllers/([^/]+)/' },
      to: { path: '^controllers/', pathNot: '^controllers/$1/' },
    },
    {
      name: 'interfaces-know-no-implementation',
      comment: 'an interface imports types of the API and other interfaces only',
      severity: 'error',
      from: { path: isInterface },
      to: { path: '^(src|controllers)/', pathNot: [isInterface, '^src/(api|errors|conditions|log|clock)/'] },
    },
    {
      name: 'cli-starts-the-daemon',
      comment: 'the CLIs know of the daemon how to start it, and no more',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^src/daemon/', pathNot: '^src/daemon/start[.]ts$' },
    },
    {
      name: 'no-cycles',
      comment: 'types may refer to each other; what runs may not',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-test-code', severity: 'error', from: { path: '^(src|controllers)/' }, to: { path: '^(test|hack)/' } },
    {
      name: 'only-declared-packages',
      comment: 'what runs is a dependency, not a devDependency',
      severity: 'error',
      from: { path: '^(src|controllers)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'unknown'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
