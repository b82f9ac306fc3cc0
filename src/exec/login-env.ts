import { shellEnv } from 'shell-env';
import { withoutShims } from './without-shims.ts';

export interface LoginEnvOptions {
  /** This process's own environment: what there is when the shell cannot be asked, and for what its answer leaves out. */
  fallback: Readonly<Record<string, string | undefined>>;
  /** The login shell. The user's own when left out. */
  shell?: string;
  /** Milliseconds that the shell may take. */
  timeout?: number;
  /** Told when the fallback had to do. */
  warn(message: string): void;
}

type Environment = Record<string, string>;

const TIMEOUT = 5000;
/** Milliseconds until the answer is asked for anew, behind the one in use: an ssh agent may have started since. */
const MAX_AGE = 10 * 60 * 1000;
/** True of the shell that was asked or of a terminal, not of what is started with the answer. */
const NOT_INHERITED = new Set(['SHLVL', 'PWD', 'OLDPWD', '_', 'TMUX', 'TMUX_PANE']);
/** Given by shell-env to the shell that it asks. */
const NOT_THE_USERS = new Set(['DISABLE_AUTO_UPDATE', 'ZSH_TMUX_AUTOSTARTED', 'ZSH_TMUX_AUTOSTART']);

/**
 * What a login shell has (PATH, SSH_AUTH_SOCK and so on), so that what a service starts finds the same as what a person starts.
 * Asked once and kept; an answer that has grown old is still given while a new one is fetched. Never throws.
 */
export function createLoginEnv(options: LoginEnvOptions): () => Promise<Environment> {
  let current: Promise<Environment> | undefined;
  let askedAt = 0;
  return () => {
    if (current && Date.now() - askedAt < MAX_AGE) return current;
    askedAt = Date.now();
    const fresh = askShell(options);
    const before = current ?? fresh;
    current = before;
    void fresh.then((answer) => {
      current = Promise.resolve(answer);
    });
    return before;
  };
}

async function askShell(options: LoginEnvOptions): Promise<Environment> {
  const { fallback } = options;
  try {
    return cleaned({ ...fallback, ...onlyWhole(await answerInTime(options), fallback) }, fallback);
  } catch (error) {
    options.warn(`the login shell's environment is not known, using the daemon's own: ${(error as Error).message}`);
    return cleaned(fallback, fallback);
  }
}

async function answerInTime(options: LoginEnvOptions): Promise<Readonly<Record<string, string>>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the shell took too long to start')), options.timeout ?? TIMEOUT);
  });
  try {
    return await Promise.race([shellEnv(options.shell), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Values of several lines arrive cut after the first: the whole one is taken where it is known. */
function onlyWhole(answer: Environment, fallback: LoginEnvOptions['fallback']): Environment {
  const entries = Object.entries(answer).map(([name, value]): [string, string] => {
    const known = fallback[name];
    return [name, known?.startsWith(`${value}\n`) ? known : value];
  });
  return Object.fromEntries(entries);
}

function cleaned(env: Record<string, string | undefined>, fallback: LoginEnvOptions['fallback']): Environment {
  const kept = Object.entries(withoutShims(env)).filter((entry): entry is [string, string] => {
    const [name, value] = entry;
    if (value === undefined || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || NOT_INHERITED.has(name)) return false;
    return !NOT_THE_USERS.has(name) || fallback[name] !== undefined;
  });
  return Object.fromEntries(kept);
}
