/** What `git status --porcelain=v2 --branch -z --no-renames` says. */
export interface Status {
  /** Undefined before the first commit. */
  head: string | undefined;
  /** Undefined when detached. */
  branch: string | undefined;
  /** Changed, staged, conflicting and untracked entries. */
  changed: string[];
  /** Entries that an ignore pattern matches; directories end in a slash. */
  ignored: string[];
}

export function parseStatus(output: string): Status {
  const status: Status = { head: undefined, branch: undefined, changed: [], ignored: [] };
  for (const record of output.split('\0')) {
    if (record.startsWith('# ')) readHeader(record, status);
    else if (record.startsWith('! ')) status.ignored.push(record.slice(2));
    else if (record !== '') status.changed.push(record);
  }
  return status;
}

function readHeader(record: string, status: Status): void {
  const [, name, value] = record.match(/^# (\S+) (.*)$/s) ?? [];
  if (name === 'branch.oid' && value !== '(initial)') status.head = value;
  if (name === 'branch.head' && value !== '(detached)') status.branch = value;
}
