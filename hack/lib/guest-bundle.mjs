/**
 * How esbuild makes the guest one file. CommonJS: an import of `node:http` from an ES module reads all that it exports, and with that loads
 * parts of Node that a guest never uses, at twice its start-up time and 10 MB in each machine.
 */
export const guestBundle = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  define: { 'import.meta.dirname': '__dirname', 'import.meta.url': '__filename' },
};
