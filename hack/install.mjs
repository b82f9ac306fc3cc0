// Installs the dependencies when they are missing or not those of the lock file.
import { ensureDependencies } from './lib/dependencies.mjs';

process.exitCode = ensureDependencies() ? 0 : 1;
