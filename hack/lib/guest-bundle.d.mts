import type { BuildOptions } from 'esbuild';

export const guestBundle: BuildOptions;
