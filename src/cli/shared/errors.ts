import type { StatusCause } from '../../api/meta.ts';
import { ApiError } from '../../errors/api-error.ts';
import type { Output } from './context.ts';

/** A message for the user, printed as it is after `error: `, and the exit code that goes with it. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;
  constructor(message: string, exitCode = 1, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** Ends the command with that code and nothing more to say: all was said already. */
export class SilentExit extends Error {
  override readonly name = 'SilentExit';
  readonly exitCode: number;
  constructor(exitCode: number) {
    super(`exit ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** Writes what kubectl would write about that error, and gives the exit code. */
export function reportError(error: unknown, stderr: Output): number {
  if (error instanceof SilentExit) return error.exitCode;
  const errors = error instanceof AggregateError ? error.errors : [error];
  for (const each of errors) stderr.write(`${errorMessage(each)}\n`);
  return error instanceof CliError ? error.exitCode : 1;
}

/** `Error from server (NotFound): …`, `The Workspace "x" is invalid: …` or `error: …`. */
export function errorMessage(error: unknown): string {
  if (error instanceof ApiError) return apiErrorMessage(error);
  const message = error instanceof Error ? error.message : String(error);
  return message.startsWith('error: ') ? message : `error: ${message}`;
}

function apiErrorMessage(error: ApiError): string {
  const { kind, name } = error.details;
  if (error.reason !== 'Invalid' || error.causes.length === 0 || !kind) {
    return `Error from server (${error.reason}): ${error.message}`;
  }
  const causes = [...new Set(error.causes.map(causeMessage))];
  const head = `The ${kind} "${name ?? ''}" is invalid:`;
  return causes.length === 1 ? `${head} ${causes[0]}` : [head, ...causes.map((cause) => `* ${cause}`)].join('\n');
}

function causeMessage(cause: StatusCause): string {
  return cause.field ? `${cause.field}: ${cause.message}` : cause.message;
}
