/** Whether a release such as `3.11.2` is in it. */
export type PythonRange = (version: string) => boolean;

type Release = readonly number[];

/**
 * A version specifier as PEP 440 has it, as in `>=3.9,<4`, without prereleases. Undefined for what is none.
 * https://packaging.python.org/en/latest/specifications/version-specifiers/
 */
export function parsePythonRange(text: string): PythonRange | undefined {
  const clauses = text.split(',').map((clause) => clause.trim());
  const tests = clauses.filter((clause) => clause !== '').map(parseClause);
  if (tests.some((test) => test === undefined)) return undefined;
  return (version) => {
    const release = version.split('.').map(Number);
    return tests.every((test) => test?.(release));
  };
}

const CLAUSE = /^(~=|===?|!=|<=|>=|<|>)\s*v?(\d+(?:\.\d+){0,3})(\.\*)?$/;

function parseClause(text: string): ((release: Release) => boolean) | undefined {
  const [, operator = '', version = '', wildcard] = CLAUSE.exec(text) ?? [];
  const wanted = version.split('.').map(Number);
  if (wildcard !== undefined) return wildcardTest(operator, wanted);
  return TESTS[operator]?.(wanted);
}

function wildcardTest(operator: string, wanted: Release): ((release: Release) => boolean) | undefined {
  if (operator === '==') return (release) => startsWith(release, wanted);
  if (operator === '!=') return (release) => !startsWith(release, wanted);
  return undefined;
}

const TESTS: Record<string, (wanted: Release) => ((release: Release) => boolean) | undefined> = {
  '==': (wanted) => (release) => compare(release, wanted) === 0,
  '===': (wanted) => (release) => compare(release, wanted) === 0,
  '!=': (wanted) => (release) => compare(release, wanted) !== 0,
  '<=': (wanted) => (release) => compare(release, wanted) <= 0,
  '>=': (wanted) => (release) => compare(release, wanted) >= 0,
  '<': (wanted) => (release) => compare(release, wanted) < 0,
  '>': (wanted) => (release) => compare(release, wanted) > 0,
  // At least that, and the same but for the last part.
  '~=': (wanted) =>
    wanted.length < 2
      ? undefined
      : (release) => compare(release, wanted) >= 0 && startsWith(release, wanted.slice(0, -1)),
};

/** Below, at or above zero. Missing parts are zeros. */
function compare(a: Release, b: Release): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function startsWith(release: Release, beginning: Release): boolean {
  return beginning.every((part, index) => (release[index] ?? 0) === part);
}
