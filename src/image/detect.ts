import { detectNode, NODE_FILES } from './detect-node.ts';
import { detectPackageManager, PACKAGE_MANAGER_FILES } from './detect-package-manager.ts';
import { detectPython, PYTHON_FILES } from './detect-python.ts';
import type { PythonRequirement } from './detect-python.ts';
import { COMPOSE_FILES, detectServices } from './detect-services.ts';
import type { ServiceFindings } from './detect-services.ts';
import type { RelevantFile, RepoFiles, Requirement } from './requirement.ts';

/** Every kind of tool that is detected: which files it needs, and what it makes of them. */
const DETECTORS: { files: RelevantFile[]; detect: (files: RepoFiles) => Requirement[] }[] = [
  { files: NODE_FILES, detect: detectNode },
  { files: PACKAGE_MANAGER_FILES, detect: detectPackageManager },
];

export const RELEVANT_FILES: RelevantFile[] = [
  ...DETECTORS.flatMap((detector) => detector.files),
  ...COMPOSE_FILES,
  ...PYTHON_FILES,
];

/** Everything that a repo asks for. */
export interface RepoFindings extends ServiceFindings {
  tools: Requirement[];
  python: PythonRequirement | undefined;
}

/** What those files ask for. Pure. @throws StalledError UnknownVersion */
export function detectAll(files: RepoFiles): RepoFindings {
  return { tools: detect(files), ...detectServices(files), python: detectPython(files) };
}

/** Which tools those files ask for. Pure. @throws StalledError UnknownVersion */
export function detect(files: RepoFiles): Requirement[] {
  return DETECTORS.flatMap((detector) => detector.detect(files));
}
