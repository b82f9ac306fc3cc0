import { CliError } from '../../shared/errors.ts';

type Environment = Record<string, string | undefined>;

/** What says how to speak to the person at the terminal. PATH, HOME and the like are the machine's own. */
const PASSED_ON = /^(TERM|LANG|LC_\w+|TZ)$/;

/** The environment that a command gets on top of its machine's own: the caller's terminal and language, then `-e`. */
export function commandEnvironment(env: Environment, assignments: readonly string[]): Record<string, string> {
  const passedOn = Object.entries(env).filter(
    (entry): entry is [string, string] => PASSED_ON.test(entry[0]) && entry[1] !== undefined,
  );
  const given = assignments.flatMap((assignment) => parseAssignment(assignment, env));
  return Object.fromEntries([...passedOn, ...given]);
}

/** As with `docker run`: a bare name passes the caller's own value on, or nothing when there is none. */
function parseAssignment(assignment: string, env: Environment): [string, string][] {
  const equals = assignment.indexOf('=');
  const name = equals === -1 ? assignment : assignment.slice(0, equals);
  if (name === '') throw new CliError(`-e ${assignment}: the name is missing; write NAME=VALUE`);
  if (equals !== -1) return [[name, assignment.slice(equals + 1)]];
  const value = env[name];
  return value === undefined ? [] : [[name, value]];
}
