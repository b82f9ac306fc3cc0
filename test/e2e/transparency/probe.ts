/** What a person at a terminal does, or what becomes of the terminal. What `types` and `hangsUp` send is what a command is "told". */
export type Step =
  { sees: string } | { types: string } | { resizes: { columns: number; rows: number } } | { hangsUp: true };

/** How a probe has ended. Not at all: it had to be killed. */
export type Ends = 'by itself' | 'when told' | 'not at all';

/** Everything about a run that two runs have to agree in. */
export interface Outcome {
  /** On a terminal: everything that it has shown. */
  stdout: string;
  stderr: string;
  code: number | null;
  signal: NodeJS.Signals | null;
  ends: Ends;
  /** Content of the file that `Probe.leaves` names. */
  left: string;
}

/** One thing to try in a shell: in a plain one, and in one whose commands are routed. */
export interface Probe {
  name: string;
  /** Text for the shell. Starts in an empty directory of the worktree, apart from `files` and those of `scripts.ts`. */
  run: string;
  /** The shell, to which `run` is given as last argument. Default: `bash -c`. */
  shell?: readonly string[];
  files?: Readonly<Record<string, string>>;
  /** Runs on a terminal of 80 by 24, and this is what happens there. Otherwise: pipes, and no terminal at all. */
  steps?: readonly Step[];
  /** What stdin is; on pipes only. Default: /dev/null. A string is written into a pipe. */
  stdin?: 'closed' | { text: string };
  /** A file that is looked at once the shell has ended, and waited for. */
  leaves?: string;
  /** What differs from one plain run to the next, such as a process id; shown as `#`. */
  hides?: RegExp;
  /** Program that the host may lack; the probe is then not made. */
  needs?: string;
  /** Why what comes out depends on who is quicker; such a probe is tried up to three times. */
  races?: string;
  /** A difference that is wanted, why, and what comes out of the routed run instead. */
  differs?: { reason: string; routed: Partial<Outcome> };
}
