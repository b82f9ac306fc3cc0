import { ApiError } from '../../errors/api-error.ts';

type Labels = Record<string, string>;
export type LabelMatcher = (labels: Labels) => boolean;

const KEY = '([A-Za-z0-9._/-]+)';
const REQUIREMENTS: readonly { form: RegExp; matcher: (key: string, values: string) => LabelMatcher }[] = [
  {
    form: new RegExp(`^${KEY}\\s*==?\\s*([^\\s=!,()]*)$`),
    matcher: (key, value) => (labels) => valueOf(labels, key) === value,
  },
  {
    form: new RegExp(`^${KEY}\\s*!=\\s*([^\\s=!,()]*)$`),
    matcher: (key, value) => (labels) => valueOf(labels, key) !== value,
  },
  { form: new RegExp(`^${KEY}\\s+in\\s*\\(([^()]*)\\)$`), matcher: (key, values) => isIn(key, setOf(values)) },
  { form: new RegExp(`^${KEY}\\s+notin\\s*\\(([^()]*)\\)$`), matcher: (key, values) => not(isIn(key, setOf(values))) },
  { form: new RegExp(`^${KEY}()$`), matcher: (key) => (labels) => valueOf(labels, key) !== undefined },
  { form: new RegExp(`^!\\s*${KEY}()$`), matcher: (key) => (labels) => valueOf(labels, key) === undefined },
];

/** `a=b,c!=d,e in (f,g),h notin (i),j,!k`: all of them must hold. @throws ApiError BadRequest */
export function parseLabelSelector(selector: string): LabelMatcher {
  const matchers = split(selector).map((text) => parseRequirement(text, selector));
  return (labels) => matchers.every((matches) => matches(labels));
}

function parseRequirement(text: string, selector: string): LabelMatcher {
  for (const { form, matcher } of REQUIREMENTS) {
    const [, key, values] = form.exec(text) ?? [];
    if (key !== undefined) return matcher(key, values ?? '');
  }
  throw new ApiError(
    'BadRequest',
    `unable to parse requirement ${JSON.stringify(text)} of the selector ${JSON.stringify(selector)}`,
  );
}

/** At the commas outside of parentheses. */
function split(selector: string): string[] {
  if (selector.trim() === '') return [];
  return selector.split(/,(?![^()]*\))/).map((part) => part.trim());
}

function setOf(values: string): Set<string> {
  return new Set(values.split(',').map((value) => value.trim()));
}

function isIn(key: string, values: Set<string>): LabelMatcher {
  return (labels) => {
    const value = valueOf(labels, key);
    return value !== undefined && values.has(value);
  };
}

function not(matcher: LabelMatcher): LabelMatcher {
  return (labels) => !matcher(labels);
}

function valueOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
