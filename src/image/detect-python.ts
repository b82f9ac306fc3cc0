import { parsePythonRange } from './python-range.ts';
import type { PythonRange } from './python-range.ts';
import type { RelevantFile, RepoFiles } from './requirement.ts';
import { printable } from './unknown-version.ts';

/** Which Python a repo asks for. */
export interface PythonRequirement {
  /** Undefined when what is asked for could not be understood. */
  range: PythonRange | undefined;
  /** The text that asked for it, for messages. */
  asked: string;
  /** The file that asked for it, relative to the repo. */
  cause: string;
}

/** Bytes: what counts stands in the beginning. */
const HEAD = 64 * 1024;
const LONGEST = 256;

export const PYTHON_FILES: RelevantFile[] = ['.python-version', 'pyproject.toml'].map((path) => ({
  path,
  limit: HEAD,
  headOnly: true,
}));

/** By `.python-version`, else by `requires-python` in pyproject.toml. Pure, and never fails. */
export function detectPython(files: RepoFiles): PythonRequirement | undefined {
  const version = firstLine(files.get('.python-version') ?? '');
  if (version !== undefined) return { ...understood(version, rangeOfVersion(version)), cause: '.python-version' };
  const range = requiresPython(files.get('pyproject.toml') ?? '');
  return range === undefined ? undefined : { ...understood(range, range), cause: 'pyproject.toml' };
}

function understood(asked: string, range: string | undefined): Pick<PythonRequirement, 'asked' | 'range'> {
  const usable = range !== undefined && range.length <= LONGEST;
  return { asked: printable(asked), range: usable ? parsePythonRange(range) : undefined };
}

/** pyenv reads further lines as second choices. */
function firstLine(text: string): string | undefined {
  return text
    .replace(/^\uFEFF/, '')
    .split(/[\r\n]+/)
    .map((line) => line.replace(/#.*$/, '').trim())
    .find((line) => line !== '');
}

/** `3.12` is any of that line, `system` is whatever there is. */
function rangeOfVersion(text: string): string | undefined {
  if (text === 'system') return '>=0';
  const version = /^(?:(?:c?python)?-?)(\d+(?:\.\d+){0,2})(?:-dev)?$/.exec(text)?.[1];
  if (version === undefined) return undefined;
  return version.split('.').length === 3 ? `==${version}` : `==${version}.*`;
}

function requiresPython(text: string): string | undefined {
  let table = '';
  for (const line of text.split(/\r?\n/)) {
    table = /^\s*\[+([^[\]]+)\]+\s*(?:#.*)?$/.exec(line)?.[1]?.trim() ?? table;
    const value = /^\s*(?:requires-python|"requires-python")\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(line);
    if (value && table === 'project') return (value[1] ?? value[2] ?? '').trim();
  }
  return undefined;
}
