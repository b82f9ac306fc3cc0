import { parseArgs } from 'node:util';
import { parseDuration } from '../../shared/duration.ts';
import { CliError } from '../../shared/errors.ts';

export interface RunOptions {
  workspace?: string;
  /** `K=V`, or `K` for the caller's own value. */
  env: string[];
  cwd?: string;
  /** On the host, as if nothing were routed. */
  host: boolean;
  /** Milliseconds. */
  timeout?: number;
  help: boolean;
  /** The command with its arguments. */
  argv: string[];
}

const OPTIONS = {
  workspace: { type: 'string', short: 'w' },
  env: { type: 'string', short: 'e', multiple: true },
  cwd: { type: 'string' },
  host: { type: 'boolean' },
  timeout: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Options end at `--` or at the first word that is none: the rest is the command's. @throws CliError for what it does not know */
export function parseRunOptions(args: readonly string[]): RunOptions {
  const { own, argv } = split(args);
  const values = parse(own);
  refuseMixture(values);
  if (argv.length === 0 && !values.help) throw new CliError('no command given; as in: dual run -- npm test');
  return {
    ...(values.workspace !== undefined && { workspace: values.workspace }),
    ...(values.cwd !== undefined && { cwd: values.cwd }),
    ...(values.timeout !== undefined && { timeout: duration(values.timeout) }),
    env: values.env ?? [],
    host: values.host ?? false,
    help: values.help ?? false,
    argv,
  };
}

/** What is about a machine means nothing on the host. */
function refuseMixture({ host, ...values }: ReturnType<typeof parse>): void {
  const other = (['workspace', 'env', 'cwd', 'timeout'] as const).find((name) => values[name] !== undefined);
  if (host && other) throw new CliError(`--host and --${other} cannot be had together`);
}

function split(args: readonly string[]): { own: string[]; argv: string[] } {
  const { tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, tokens: true });
  const end = tokens.find(({ kind }) => kind === 'positional' || kind === 'option-terminator');
  if (!end) return { own: [...args], argv: [] };
  const start = end.kind === 'option-terminator' ? end.index + 1 : end.index;
  return { own: args.slice(0, end.index), argv: args.slice(start) };
}

function parse(args: string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'] {
  try {
    return parseArgs({ args, options: OPTIONS }).values;
  } catch (error) {
    if (error instanceof TypeError) throw new CliError(error.message, 1, { cause: error });
    throw error;
  }
}

function duration(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    if (error instanceof RangeError) throw new CliError(`--timeout: ${error.message}`, 1, { cause: error });
    throw error;
  }
}
