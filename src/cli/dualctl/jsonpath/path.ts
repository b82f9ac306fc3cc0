import { JSONPath } from 'jsonpath-plus';
import { parseFilter, quoteKey } from './filter.ts';

/** A path in kubectl's dialect, ready to be looked up. */
export interface Path {
  /** Whether it starts at the whole document (`$`) or at what `{range}` is at (`@`, or nothing). */
  from: 'root' | 'current';
  /** In the dialect of jsonpath-plus, without the leading `$`. */
  expression: string;
  /** What the filters in the expression compare with, by name. */
  literals: Record<string, unknown>;
  /** As it was typed. */
  source: string;
}

/** A path and where the text goes on behind it. */
export interface ParsedPath {
  path: Path;
  end: number;
}

/** `.metadata.name`, `metadata.name` or `{.metadata.name}`, as flags other than `-o jsonpath=` take it. @throws Error */
export function parseRelaxedPath(text: string): Path {
  const inner = text.replace(/^\{(.*)\}$/s, '$1').trim();
  const source = /^[.[$@]/.test(inner) ? inner : `.${inner}`;
  const { path, end } = parsePath(source, 0);
  if (inner === '' || end !== source.length) throw new Error(`unexpected path string "${text}"`);
  return { ...path, source: `{${source}}` };
}

/** Reads a path that begins at `start`. @throws Error about what is wrong in it */
export function parsePath(text: string, start: number): ParsedPath {
  const from = text[start] === '$' ? 'root' : 'current';
  let end = /[$@]/.test(text[start] ?? '') ? start + 1 : start;
  let expression = '';
  const literals: Record<string, unknown> = {};
  for (let step = parseStep(text, end); step; step = parseStep(text, end)) {
    expression += step.expression;
    Object.assign(literals, step.literals);
    end = step.end;
  }
  return { path: { from, expression, literals, source: text.slice(start, end) }, end };
}

/** What is there, in document order; nothing where the path leads nowhere. */
export function lookUp(path: Path, document: { root: unknown; current: unknown }): unknown[] {
  const json = path.from === 'root' ? document.root : document.current;
  if (path.expression === '') return [json];
  if (typeof json !== 'object' || json === null) return [];
  const found: unknown = JSONPath({
    path: `$${path.expression}`,
    json,
    eval: 'safe',
    ignoreEvalErrors: true,
    // A copy, since the library writes into it. Its types ask for a Map, its code for an object.
    sandbox: { ...path.literals } as unknown as Map<string, unknown>,
  });
  return Array.isArray(found) ? found : [];
}

interface Step {
  expression: string;
  literals?: Record<string, unknown>;
  end: number;
}

function parseStep(text: string, start: number): Step | undefined {
  if (text.startsWith('..', start)) {
    const next = text[start + 2] === '[' ? parseBrackets(text, start + 2) : parseName(text, start + 2);
    return { ...next, expression: `..${next.expression}` };
  }
  if (text[start] === '[') return parseBrackets(text, start);
  if (text[start] !== '.') return undefined;
  if (text[start + 1] === '[') return parseBrackets(text, start + 1);
  // A lone dot is the object itself.
  return /^[\s}]?$/.test(text[start + 1] ?? '') ? { expression: '', end: start + 1 } : parseName(text, start + 1);
}

/** A field, in which a backslash takes the meaning from a dot: `dual\.dev/project`. */
function parseName(text: string, start: number): Step {
  const typed = /^(?:\\.|[^\\.[\]{}\s,])+/s.exec(text.slice(start))?.[0];
  if (typed === undefined) throw new Error(`a field name is missing after "${text.slice(0, start)}"`);
  const expression = typed === '*' ? '[*]' : `[${quoteKey(typed.replaceAll(/\\(.)/gs, '$1'))}]`;
  return { expression, end: start + typed.length };
}

function parseBrackets(text: string, start: number): Step {
  const end = closingBracket(text, start);
  const content = text.slice(start + 1, end - 1).trim();
  if (content.startsWith('?')) {
    const filter = parseFilter(content, `literal${start}`);
    return { expression: `[?(${filter.expression})]`, literals: filter.literals, end };
  }
  return { expression: parseSubscript(content), end };
}

/** The index behind the bracket that closes the one at `start`; brackets in quotes do not count. */
function closingBracket(text: string, start: number): number {
  const tokens = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[[\]]/gs;
  tokens.lastIndex = start;
  let depth = 0;
  for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
    if (token[0] === '[') depth += 1;
    if (token[0] === ']') depth -= 1;
    if (depth === 0) return tokens.lastIndex;
  }
  throw new Error(`unterminated array: "${text.slice(start)}"`);
}

function parseSubscript(content: string): string {
  if (content === '*') return '[*]';
  if (/^-?\d+$/.test(content)) return `[${indexOrSlice(Number(content))}]`;
  if (/^(-?\d+)?:(-?\d+)?(:\d+)?$/.test(content)) return `[${content}]`;
  const key = /^(['"])(.*)\1$/s.exec(content)?.[2];
  if (key !== undefined && !/['"]\s*,\s*['"]/.test(content)) return `[${quoteKey(key.replaceAll(/\\(.)/gs, '$1'))}]`;
  const members = content.split(',').map((member) => member.trim());
  if (members.length < 2 || !members.every((member) => /^(\d+|'[^']*'|"[^"]*")$/.test(member))) {
    throw new Error(`invalid array index [${content}]`);
  }
  return `[${members.map((member) => member.replaceAll(/^['"]|['"]$/g, '')).join(',')}]`;
}

/** jsonpath-plus knows negative numbers in slices alone. */
function indexOrSlice(index: number): string {
  if (index >= 0) return String(index);
  return index === -1 ? '-1:' : `${index}:${index + 1}`;
}
