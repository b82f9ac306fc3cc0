import type { Context } from './context.ts';

/** What a person sees while waiting. Nothing at all where standard error is no terminal. */
export interface Progress {
  update(text: string): void;
  /** Takes the line away for as long as `write` prints something of its own. */
  around(write: () => void): void;
  /** Takes the line away for good. */
  stop(): void;
}

const silent: Progress = { update: () => undefined, around: (write) => write(), stop: () => undefined };

/** Begins to spin; call `stop` in a `finally`. */
export async function startProgress(context: Pick<Context, 'stderr'>, text: string): Promise<Progress> {
  // A terminal that does not know its width (0, in some CI) would make ora count lines for ever.
  if (!context.stderr.isTTY || !context.stderr.columns) return silent;
  const { default: ora } = await import('ora');
  // discardStdin would put the terminal in raw mode, where ^C no longer is a signal.
  const spinner = ora({ text, stream: context.stderr as NodeJS.WriteStream, discardStdin: false }).start();
  return {
    update: (next) => {
      spinner.text = next;
    },
    around: (write) => {
      spinner.clear();
      write();
    },
    stop: () => {
      spinner.stop();
    },
  };
}
