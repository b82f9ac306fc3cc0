import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { CliError, SilentExit, errorMessage, reportError } from '../../../../src/cli/shared/errors.ts';
import { ApiError } from '../../../../src/errors/api-error.ts';

function report(error: unknown): { code: number; text: string } {
  const stderr = new PassThrough();
  const code = reportError(error, stderr);
  return { code, text: String(stderr.read() ?? '') };
}

describe('errorMessage', () => {
  it('names the server and its reason', () => {
    const error = new ApiError('NotFound', 'workspaces.dual.dev "x" not found');
    expect(errorMessage(error)).toBe('Error from server (NotFound): workspaces.dual.dev "x" not found');
  });

  it('lists what is invalid, each cause once', () => {
    const cause = { reason: 'FieldValueRequired', field: 'spec.branch', message: 'Required value' };
    const other = { reason: 'FieldValueRequired', field: 'spec.project', message: 'Required value' };
    const invalid = (causes: (typeof cause)[]): string =>
      errorMessage(new ApiError('Invalid', 'all of it', { kind: 'Workspace', name: 'x', causes }));
    expect(invalid([cause, cause])).toBe('The Workspace "x" is invalid: spec.branch: Required value');
    expect(invalid([cause, other])).toBe(
      'The Workspace "x" is invalid:\n* spec.branch: Required value\n* spec.project: Required value',
    );
  });
});

describe('reportError', () => {
  it('prints every error of several', () => {
    const error = new AggregateError([new CliError('one'), new ApiError('Conflict', 'two')]);
    expect(report(error)).toEqual({ code: 1, text: 'error: one\nError from server (Conflict): two\n' });
  });

  it('gives the exit code that the error asks for', () => {
    expect(report(new CliError('no', 3))).toEqual({ code: 3, text: 'error: no\n' });
    expect(report(new SilentExit(7))).toEqual({ code: 7, text: '' });
  });
});
