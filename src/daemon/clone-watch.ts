import { mkdirSync } from 'node:fs';
import { watch } from 'chokidar';

/** Reports when a directory two levels below `root` ({project}/{branch}) comes or goes, as when somebody moves a clone away. */
export function watchClones(root: string, onChange: (dir: string) => void): { close(): Promise<void> } {
  mkdirSync(root, { recursive: true });
  const watcher = watch(root, {
    depth: 1,
    ignoreInitial: true,
    followSymlinks: false,
    // Not the trash, and not clones that are still being made.
    ignored: (file) => file.startsWith(`${root}/.`) || file.slice(root.length).includes('/.'),
  });
  watcher.on('unlinkDir', onChange);
  watcher.on('addDir', onChange);
  return watcher;
}
