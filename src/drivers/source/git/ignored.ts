/**
 * Ignored files that a tool makes again: dependencies, build output, caches, logs. Everything else that is ignored (`.env.local`,
 * notes, a local database) was written by somebody and exists nowhere else.
 */
const DIRECTORIES = new Set([
  ...['node_modules', 'bower_components', 'jspm_packages', '.pnpm-store', '.yarn', '.npm', 'vendor'],
  ...['dist', 'build', 'out', 'output', 'target', 'bin', 'obj', 'lib', 'public', '.output', 'storybook-static'],
  ...[
    '.next',
    '.nuxt',
    '.svelte-kit',
    '.astro',
    '.angular',
    '.expo',
    '.docusaurus',
    '.vercel',
    '.netlify',
    '.serverless',
  ],
  ...[
    '.turbo',
    '.nx',
    '.cache',
    '.parcel-cache',
    '.vite',
    '.rollup.cache',
    '.eslintcache',
    '.swc',
    '.wireit',
    '.gradle',
  ],
  ...['coverage', '.nyc_output', 'test-results', 'playwright-report', 'htmlcov', '.hypothesis', 'reports'],
  ...['__pycache__', '.venv', 'venv', '.tox', '.nox', '.mypy_cache', '.pytest_cache', '.ruff_cache', '.eggs'],
  ...['.terraform', '.bundle', '.dart_tool', 'Pods', 'DerivedData', '_build', 'deps', '.stack-work', 'dist-newstyle'],
  ...['tmp', 'temp', '.tmp', 'logs', '.pids', '.husky/_', '.direnv'],
]);

const FILES =
  /^(\.DS_Store|Thumbs\.db|\.eslintcache|\.stylelintcache|next-env\.d\.ts|\.coverage|\.pnp\..*|.*\.(log|pid|tsbuildinfo|py[co]|o|obj|class|so|egg-info|sw[op]|tmp))$/;

/** `entry`: relative to the clone, as git names it; directories end in a slash. */
export function isMadeByTools(entry: string): boolean {
  const parts = entry.replace(/\/$/, '').split('/');
  const name = parts.pop() ?? '';
  if (parts.some((part) => DIRECTORIES.has(part))) return true;
  return (
    FILES.test(name) || (entry.endsWith('/') && (DIRECTORIES.has(name) || DIRECTORIES.has(`${parts.at(-1)}/${name}`)))
  );
}
