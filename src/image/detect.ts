import { detectNode, NODE_FILES } from './detect-node.ts';
import { detectPackageManager, PACKAGE_MANAGER_FILES } from './detect-package-manager.ts';
import type { RelevantFile, RepoFiles, Requirement } from './requirement.ts';

/** Every kind of thing that is detected: which files it needs, and what it makes of them. */
const DETECTORS: { files: RelevantFile[]; detect: (files: RepoFiles) => Requirement[] }[] = [
  { files: NODE_FILES, detect: detectNode },
  { files: PACKAGE_MANAGER_FILES, detect: detectPackageManager },
];

export const RELEVANT_FILES: RelevantFile[] = DETECTORS.flatMap((detector) => detector.files);

/** What those files ask for. Pure. @throws StalledError UnknownVersion */
export function detect(files: RepoFiles): Requirement[] {
  return DETECTORS.flatMap((detector) => detector.detect(files));
}
