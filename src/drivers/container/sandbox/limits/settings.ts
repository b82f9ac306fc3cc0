import type { ContainerSpec } from '../../driver.ts';
import { parseCpus, parseMemory } from '../../resources.ts';

type Resources = ContainerSpec['resources'];

/** One limit of a spec, as a control group of version 2 takes it. */
export interface LimitSetting {
  /** Field of `spec.container.resources`. */
  field: 'memory' | 'cpus' | 'pids';
  /** As in the spec. */
  value: string;
  controller: Controller;
  files: Record<string, string>;
}

export type Controller = 'memory' | 'cpu' | 'pids';

/** Microseconds; the kernel's own, and Docker's. */
const CPU_PERIOD = 100_000;
/** Microseconds: the kernel takes no less. */
const CPU_QUOTA_MIN = 1000;

/** The limits that the spec sets. @throws RangeError */
export function limitSettings({ memory, cpus, pids }: Resources): LimitSetting[] {
  return [
    ...(memory === undefined ? [] : [memorySetting(memory)]),
    ...(cpus === undefined ? [] : [cpuSetting(cpus)]),
    { field: 'pids', value: String(pids), controller: 'pids', files: { 'pids.max': String(pids) } },
  ];
}

/** As much swap as memory, which is what Docker gives when only the memory is named. */
function memorySetting(value: string): LimitSetting {
  const bytes = String(parseMemory(value));
  return { field: 'memory', value, controller: 'memory', files: { 'memory.max': bytes, 'memory.swap.max': bytes } };
}

function cpuSetting(value: string): LimitSetting {
  const quota = Math.max(CPU_QUOTA_MIN, Math.round((parseCpus(value) * CPU_PERIOD) / 1e9));
  return { field: 'cpus', value, controller: 'cpu', files: { 'cpu.max': `${quota} ${CPU_PERIOD}` } };
}
