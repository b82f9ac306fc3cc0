import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '../../support/eventually.ts';
import type { Outcome, Probe } from './probe.ts';
import { endGroup, PATIENCE } from './run.ts';
import { runOnPipes } from './run-on-pipes.ts';
import { runOnTerminal } from './run-on-terminal.ts';
import { SCRIPTS } from './scripts.ts';

/** Where a probe runs. */
export interface Shell {
  env: Record<string, string>;
  /** The worktree; probes run in a directory below it. */
  cwd: string;
}

/** Runs a probe once, from a fresh directory, and leaves no process behind that is of the shell's own process group. */
export async function runProbe(probe: Probe, { env, cwd }: Shell): Promise<Outcome> {
  const dir = path.join(cwd, 'probe');
  prepare(dir, probe);
  const [file = 'bash', ...before] = probe.shell ?? ['bash', '-c'];
  const start = { file, args: [...before, probe.run], cwd: dir, env };
  const run = await (probe.steps ? runOnTerminal(start, probe.steps) : runOnPipes(start, probe.stdin));
  try {
    const left = probe.leaves === undefined ? '' : await contentOf(path.join(dir, probe.leaves));
    const shown = (text: string): string => hide(text, probe.hides);
    const { code, signal, ends } = run;
    return { stdout: shown(run.stdout), stderr: shown(run.stderr), code, signal, ends, left };
  } finally {
    endGroup(run.pid);
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

function prepare(dir: string, { files }: Probe): void {
  rmSync(dir, { recursive: true, force: true });
  for (const [name, text] of Object.entries({ ...SCRIPTS, ...files })) {
    const file = path.join(dir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  }
}

/** Waits until the file is there and ends a line. */
async function contentOf(file: string): Promise<string> {
  const read = (): string => {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (!text.endsWith('\n')) throw new Error('not written yet');
    return text;
  };
  return eventually(read, { timeout: PATIENCE }).catch(() => '(nothing)');
}

/** Process ids in what bash itself says of a command that was killed, and what the probe hides. */
function hide(text: string, more: RegExp | undefined): string {
  const shown = text.replace(/^(bash: line \d+:) +\d+ /gm, '$1 # ');
  return more ? shown.replace(more, '#') : shown;
}
