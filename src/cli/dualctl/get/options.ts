import type { SelectionOptions } from '../objects/selection.ts';
import type { Target } from '../objects/resource-args.ts';
import type { Format } from '../output/format.ts';

/** The flags of `get`. */
export interface GetOptions extends SelectionOptions {
  watch?: boolean;
  watchOnly?: boolean;
  outputWatchEvents?: boolean;
  /** commander's way to say `--no-headers`. */
  headers: boolean;
  sortBy?: string;
  showLabels?: boolean;
  labelColumns?: string[];
  showManagedFields?: boolean;
  ignoreNotFound?: boolean;
}

export interface GetRequest {
  targets: readonly Target[];
  format: Format;
  options: GetOptions;
}

/** Whether it is about one object by its name: then it is printed as itself, and not as a list. */
export function isSingle(targets: readonly Target[]): boolean {
  return targets.length === 1 && targets[0]?.names.length === 1;
}
