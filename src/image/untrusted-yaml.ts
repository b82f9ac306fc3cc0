import { CST, Lexer, parse } from 'yaml';

/** How deep a document may be nested at most. */
const DEEPEST = 200;
const MAX_ALIASES = 100;
/** Tags and anchors: many of them at one place take time by the square of their number. */
const MAX_PROPERTIES = 500;

/**
 * What a document from a repo says, as plain values.
 * @throws Error on what is no YAML, on more than one document, and on what takes the parser too deep or stands for too much
 */
export function parseUntrustedYaml(text: string): unknown {
  checkBounds(text);
  // Looking for keys that are there twice takes time by the square of their number. Here the last one counts.
  return parse(text, { maxAliasCount: MAX_ALIASES, uniqueKeys: false, merge: true, logLevel: 'error' });
}

type LexemeType = CST.TokenType | 'text' | null;

interface Line {
  /** Columns before its first lexeme. */
  indent: number;
  begun: boolean;
  /** How many `-`, `?` and `:` are on it. */
  indicators: number;
}

/**
 * @throws Error on what may be nested deeply. The parser is recursive, and at the end of its stack the process may die of it instead
 * of throwing. Counted too high rather than too low: a block that is open has begun left of where the line begins, at most two at
 * each column, or on the line itself; and every bracket that is open is one level more.
 */
function checkBounds(text: string): void {
  let line: Line = { indent: 0, begun: false, indicators: 0 };
  let brackets = 0;
  let properties = 0;
  let inScalar = false;
  for (const lexeme of new Lexer().lex(text)) {
    const type: LexemeType = inScalar ? 'text' : CST.tokenType(lexeme);
    inScalar = type === 'scalar';
    brackets = Math.max(0, brackets + (BRACKETS[type ?? ''] ?? 0));
    if (brackets === 0) line = nextLine(line, type, lexeme);
    if (2 * (line.indent + line.indicators) + brackets > DEEPEST) throw new Error('it is nested too deeply');
    properties += Number(type === 'tag' || type === 'anchor');
    if (properties > MAX_PROPERTIES) throw new Error(`it has more than ${MAX_PROPERTIES} tags and anchors`);
  }
}

const BRACKETS: Record<string, number> = {
  'flow-map-start': 1,
  'flow-seq-start': 1,
  'flow-map-end': -1,
  'flow-seq-end': -1,
};

const INDICATORS: unknown[] = ['seq-item-ind', 'explicit-key-ind', 'map-value-ind'];

function nextLine(line: Line, type: LexemeType, lexeme: string): Line {
  // The text of a block includes the end of its last line.
  if (lexeme.endsWith('\n')) return { indent: 0, begun: false, indicators: 0 };
  if (INDICATORS.includes(type)) return { indent: line.indent, begun: true, indicators: line.indicators + 1 };
  return { ...line, begun: true, indent: !line.begun && type === 'space' ? lexeme.length : line.indent };
}
