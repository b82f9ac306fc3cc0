import path from 'node:path';
import { execa } from 'execa';
import type { Result } from 'execa';

export type Env = Readonly<Record<string, string | undefined>>;

export interface RunOptions {
  /** All of it: nothing is taken over from this process. */
  env: Env;
  cwd?: string;
  /** Written to its standard input, which is empty otherwise. */
  input?: string;
  /** Milliseconds until it is ended. No limit when left out. */
  timeout?: number;
  signal?: AbortSignal;
  /** Exit codes that are an answer and not a failure. 0 when left out. */
  accept?: readonly number[];
  /** Bytes of standard output that are kept at most; more is a failure. 16 MiB when left out. */
  maxOutput?: number;
  /** Standard error as it comes, in pieces of any size. */
  onStderr?(text: string): void;
}

export interface RunResult {
  exitCode: number;
  stdout: string;
  /** Its last 16 KiB. */
  stderr: string;
}

export type FailureCode = 'NotInstalled' | 'NotStarted' | 'Timeout' | 'TooMuchOutput' | 'Failed';

/** A command that did not do what it was asked. Its arguments are left out on purpose: they may hold what nobody should see. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: FailureCode;
  /** Undefined when it was killed or never ran. */
  readonly exitCode: number | undefined;
  readonly stderr: string;

  constructor(code: FailureCode, message: string, details: { exitCode?: number; stderr: string; cause?: unknown }) {
    super(message, { cause: details.cause });
    this.code = code;
    this.exitCode = details.exitCode;
    this.stderr = details.stderr;
  }
}

const MAX_OUTPUT = 16 * 1024 * 1024;
const MAX_STDERR = 16 * 1024;
/** Milliseconds between asking a process group to end and killing it. */
const GRACE = 2000;

/**
 * Runs a command without a shell, in a session of its own: it cannot ask anything on this process's terminal, and when it has to
 * end, everything that it started ends with it.
 * @throws CommandError, or the signal's reason when that ended it.
 */
export async function run(file: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  options.signal?.throwIfAborted();
  const child = execa(file, args, {
    env: options.env,
    extendEnv: false,
    reject: false,
    detached: true,
    stripFinalNewline: false,
    buffer: { stderr: false },
    maxBuffer: { stdout: options.maxOutput ?? MAX_OUTPUT },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
  });
  const tail = collectTail(child.stderr, options.onStderr);
  const ending = endGroup(child.pid, options);
  const result = await child;
  ending.dispose();
  options.signal?.throwIfAborted();
  const failure = explainFailure(file, result, { stderr: tail(), timedOut: ending.timedOut(), accept: options.accept });
  if (failure) throw failure;
  return { exitCode: result.exitCode ?? 0, stdout: String(result.stdout ?? ''), stderr: tail() };
}

/** The last line that says something, for messages. */
export function lastLine(text: string): string {
  return (
    text
      .split(/[\r\n]+/)
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .at(-1) ?? ''
  );
}

function collectTail(
  stream: NodeJS.ReadableStream | null | undefined,
  onText: ((text: string) => void) | undefined,
): () => string {
  let text = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (piece: string) => {
    text = (text + piece).slice(-MAX_STDERR);
    onText?.(piece);
  });
  return () => text;
}

interface Ending {
  timedOut(): boolean;
  dispose(): void;
}

/** Ends the whole process group on the signal or when its time is up: first by asking, then by force. */
function endGroup(pid: number | undefined, options: RunOptions): Ending {
  const timers: NodeJS.Timeout[] = [];
  let late = false;
  const end = (): void => {
    killGroup(pid, 'SIGTERM');
    timers.push(setTimeout(killGroup, GRACE, pid, 'SIGKILL'));
  };
  if (options.timeout !== undefined) {
    timers.push(
      setTimeout(() => {
        late = true;
        end();
      }, options.timeout),
    );
  }
  options.signal?.addEventListener('abort', end, { once: true });
  return {
    timedOut: () => late,
    dispose() {
      timers.forEach((timer) => clearTimeout(timer));
      options.signal?.removeEventListener('abort', end);
    },
  };
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function explainFailure(
  file: string,
  result: Result,
  seen: { stderr: string; timedOut: boolean; accept: readonly number[] | undefined },
): CommandError | undefined {
  const name = path.basename(file);
  const { stderr } = seen;
  const fail = (code: FailureCode, message: string): CommandError =>
    new CommandError(code, message, {
      stderr,
      cause: result instanceof Error ? result.cause : undefined,
      ...(result.exitCode === undefined ? {} : { exitCode: result.exitCode }),
    });
  if (seen.timedOut) return fail('Timeout', `${name} took too long and was ended`);
  if (result.isMaxBuffer) return fail('TooMuchOutput', `${name} printed more than can be kept`);
  if (result.exitCode !== undefined) {
    if ((seen.accept ?? [0]).includes(result.exitCode)) return undefined;
    return fail('Failed', `${name} failed with exit code ${result.exitCode}${after(lastLine(stderr))}`);
  }
  if (result.signal) return fail('Failed', `${name} was ended by ${result.signal}${after(lastLine(stderr))}`);
  if (isMissing(result)) return fail('NotInstalled', `${name} is not installed, or not in PATH`);
  return fail('NotStarted', `${name} could not be started${after(reasonOf(result))}`);
}

function after(reason: string): string {
  return reason === '' ? '' : `: ${reason}`;
}

/** A missing working directory gives ENOENT too, but is found to be invalid before. */
function isMissing(result: Result): boolean {
  return result.code === 'ENOENT' && !reasonOf(result).includes('"cwd"');
}

function reasonOf(result: Result): string {
  const message = result instanceof Error ? (result.shortMessage ?? '') : '';
  return message.split('\n').at(1) ?? message;
}
