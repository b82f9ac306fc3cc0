import type { Paths } from '../../../config/paths.ts';

/** What a check may look at. Everything comes from here, so that a broken machine can be made up. */
export interface DoctorContext {
  env: Record<string, string | undefined>;
  home: string;
  paths: Paths;
  platform: NodeJS.Platform;
}

export interface CheckResult {
  name: string;
  /** `missing`: Dual cannot do its work without it. `warning`: something works less well. */
  status: 'ok' | 'warning' | 'missing';
  message: string;
  /** A command that can be copied into a shell as it is, or a sentence where there is none. Present unless ok. */
  fix?: string;
}

/** Never throws for what it looks for; looks only, changes nothing. */
export type Check = (context: DoctorContext) => Promise<CheckResult | CheckResult[]>;
