import { timeoutOption, type Configure } from '../command.ts';
import { DEFAULT_TIMEOUT } from '../workspace/state.ts';

const NOTES = `
The command gets the terminal when standard input and output are one, and pipes otherwise. It starts in the current
directory where that is in the workspace. Its exit code is passed on: 126 and 127 as from a shell when it cannot be
started, 125 when dual itself fails; ended by a signal, so does dual run.

Examples:
  dual run pnpm test
  dual run -w shop-main -e CI=1 -- npm run build
  dual run --host -- node -v
  tar -c . | dual run -w shop-main -- tar -x`;

/** Describes the options of src/cli/dual/run/options.ts, which are parsed without commander. */
export const configureRun: Configure = (command) => {
  command
    .usage('[options] [--] command [args...]')
    .argument('<command...>', 'what to run, and its arguments')
    .option('-w, --workspace <workspace>', "default: the current directory's")
    .option('-e, --env <name=value>', 'environment variable; a bare name passes your own on; may be repeated')
    .option('--cwd <directory>', 'where to start')
    .option('--host', 'on the host, as if no command were routed')
    .addOption(timeoutOption(DEFAULT_TIMEOUT))
    .addHelpText('after', NOTES);
};
