import { sortKeys } from '../output/sort-keys.ts';
import { type Path, lookUp, parsePath } from './path.ts';

/** A `-o jsonpath=` template: gives the text for a document. */
export type Template = (document: unknown) => string;

type Node = { type: 'text'; text: string } | { type: 'path'; path: Path } | { type: 'range'; path: Path; body: Node[] };

/** Compiles kubectl's dialect: text, `{.path}`, `{"text\n"}` and `{range .path}…{end}`. @throws Error that quotes the template */
export function compileTemplate(source: string): Template {
  let nodes: Node[];
  try {
    nodes = nest(tokenize(source));
  } catch (error) {
    throw new Error(`error parsing jsonpath ${source}, ${(error as Error).message}`, { cause: error });
  }
  return (document) => expand(nodes, document, document);
}

/** How a value that was found is printed: text as it is, the rest as JSON. */
export function formatValue(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(sortKeys(value));
}

function expand(nodes: readonly Node[], root: unknown, current: unknown): string {
  return nodes.map((node) => expandNode(node, root, current)).join('');
}

function expandNode(node: Node, root: unknown, current: unknown): string {
  if (node.type === 'text') return node.text;
  const found = lookUp(node.path, { root, current });
  if (node.type === 'path') return found.map(formatValue).join(' ');
  return found.map((each) => expand(node.body, root, each)).join('');
}

type Token = Exclude<Node, { type: 'range' }> | { type: 'range'; path: Path } | { type: 'end' };

/** Puts what stands between `{range}` and `{end}` into the range. */
function nest(tokens: readonly Token[]): Node[] {
  const open: Node[][] = [[]];
  for (const token of tokens) {
    if (token.type === 'end') {
      if (open.length === 1) throw new Error('{end} without {range}');
      open.pop();
      continue;
    }
    const node: Node = token.type === 'range' ? { ...token, body: [] } : token;
    open.at(-1)?.push(node);
    if (node.type === 'range') open.push(node.body);
  }
  if (open.length > 1) throw new Error('{range} without {end}');
  return open[0] ?? [];
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const brace = source.indexOf('{', at);
    const textEnd = brace === -1 ? source.length : brace;
    if (textEnd > at) tokens.push({ type: 'text', text: source.slice(at, textEnd) });
    at = brace === -1 ? source.length : readAction(source, brace + 1, tokens);
  }
  return tokens;
}

/** Reads what stands between braces, and gives the index behind them. */
function readAction(source: string, start: number, tokens: Token[]): number {
  let at = start;
  for (;;) {
    at += /^\s*/.exec(source.slice(at))?.[0].length ?? 0;
    if (source[at] === '}') return at + 1;
    if (at >= source.length) throw new Error('unclosed action');
    at = readExpression(source, at, tokens);
  }
}

const QUOTED = /^(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)')/s;

function readExpression(source: string, at: number, tokens: Token[]): number {
  const rest = source.slice(at);
  const quoted = QUOTED.exec(rest);
  if (quoted) {
    tokens.push({ type: 'text', text: unescape(quoted[1] ?? quoted[2] ?? '') });
    return at + quoted[0].length;
  }
  const keyword = /^(range\s+|end(?=\s*\}))/.exec(rest)?.[0] ?? '';
  if (keyword === 'end') {
    tokens.push({ type: 'end' });
    return at + keyword.length;
  }
  const { path, end } = parsePath(source, at + keyword.length);
  if (end === at + keyword.length)
    throw new Error(`unrecognized character in action: ${rest.slice(keyword.length, keyword.length + 1)}`);
  tokens.push({ type: keyword === '' ? 'path' : 'range', path });
  return end;
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r' };

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/gs, (_, letter: string) => ESCAPES[letter] ?? letter);
}
