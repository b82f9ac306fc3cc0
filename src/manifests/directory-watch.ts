import path from 'node:path';
import { watch } from 'chokidar';
import type { FSWatcher } from 'chokidar';
import { isIgnoredName, isManifestName } from './scan.ts';

/** Says that something below the directory may have changed; what, is found by looking. Links are followed. */
export function watchDirectory(
  directory: string,
  onChange: () => void,
  onError: (error: unknown) => void,
): Pick<FSWatcher, 'close'> {
  const watcher = watch(directory, {
    ignoreInitial: true,
    atomic: false,
    ignored: (file, stats) => {
      const names = path.relative(directory, file).split(path.sep);
      if (names[0] === '..' || names[0] === '') return false;
      return names.some(isIgnoredName) || (stats?.isFile() === true && !isManifestName(path.basename(file)));
    },
  });
  // Before it is ready, changes may pass unseen.
  return watcher.on('all', onChange).on('ready', onChange).on('error', onError);
}
