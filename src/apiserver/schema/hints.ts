/** What is said about a value that does not match, in place of a regular expression. */
interface Hint {
  /** Path of the field, with `[]` for any index. */
  field: string;
  /** The value may hold a secret: it is never shown. */
  secret?: boolean;
  message?: (value: string) => string;
}

const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an " +
  "alphanumeric character (e.g. 'my-name', or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

const HINTS: readonly Hint[] = [
  { field: 'metadata.name', message: () => LABEL },
  { field: 'metadata.generateName', message: () => LABEL },
  { field: 'spec.project', message: () => `must be the name of a Project: ${LABEL}` },
  { field: 'spec.branch', message: branch },
  { field: 'spec.from', message: branch },
  { field: 'spec.source.url', secret: true, message: url },
  { field: 'spec.source.path', message: filePath },
  { field: 'spec.container.mounts[].path', message: filePath },
  {
    field: 'spec.container.resources.cpus',
    message: () => 'must be a number of processors, as in "2", "0.5" or "500m"',
  },
  { field: 'spec.container.resources.memory', message: () => 'must be a size, as in "4Gi" or "512Mi"' },
  { field: 'spec.image.base', message: () => 'must be an image reference, as in "debian:bookworm-slim"' },
  { field: 'spec.image.packages[]', message: () => 'must be the name of a Debian package, as in "imagemagick"' },
  { field: 'spec.ports[].name', message: () => LABEL },
  {
    field: 'spec.env[].name',
    message: () => 'must be a name as a shell takes it: letters, digits and "_", not a digit first',
  },
  { field: 'spec.env[].value', secret: true },
  { field: 'spec.session.panes[].name', message: () => LABEL },
];

/** By the path of the field, as in `spec.ports[3].name`. */
export function hintFor(field: string): Hint | undefined {
  const general = field.replace(/\[\d+\]/g, '[]');
  return HINTS.find((hint) => hint.field === general);
}

function branch(): string {
  return (
    'must be a name that git takes for a branch (see `git check-ref-format --branch`): not beginning with "-" or ".", ' +
    'without "..", spaces or any of ~^:?*[\\, and not ending in ".lock", "." or "/"'
  );
}

function filePath(): string {
  return 'must be a path that does not begin with "-", on one line';
}

/** Says which rule it breaks, and never the URL itself. */
function url(value: string): string {
  if (/^[A-Za-z0-9+.-]+::/.test(value)) return 'must not name a remote helper ("helper::address")';
  if (/^https?:\/\/[^/?#]*@/i.test(value) || /^[a-z][a-z0-9+.-]*:\/\/[^/?#@]*:[^/?#]*@/i.test(value)) {
    return 'must not hold credentials, since it is stored and shown: leave them out, and use a git credential helper or an ssh key';
  }
  return 'must be a URL that git takes, not beginning with "-" and without spaces or control characters';
}
