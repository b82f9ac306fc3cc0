import { CST, Lexer } from 'yaml';

/** How deep a document may be nested. The parser is recursive, and must be kept far from the end of the stack. */
export const MAX_DEPTH = 64;

/** The line of the first thing that is nested too deeply, found without recursion and before anything is parsed. */
export function findDeepNesting(text: string): number | undefined {
  const place: Place = { line: 1, column: 0, lineStarted: false, scalarNext: false, flow: 0, columns: [] };
  for (const lexeme of new Lexer().lex(text)) {
    take(place, lexeme);
    if (place.flow + place.columns.length > MAX_DEPTH) return place.line;
  }
  return undefined;
}

interface Place {
  line: number;
  column: number;
  /** Whether something other than space was on the line. */
  lineStarted: boolean;
  /** Whether the next lexeme is the text of a scalar, whatever it looks like. */
  scalarNext: boolean;
  /** How many brackets are open. */
  flow: number;
  /** Where the blocks begin that are open, ascending. */
  columns: number[];
}

/** Lexemes that stand for no text. */
const MARKS = new Set(['doc-mode', 'scalar', 'flow-error-end']);
/** Lexemes that begin nothing. */
const BLANKS = new Set(['space', 'newline', 'comment']);
const FLOW: Record<string, number> = {
  'flow-map-start': 1,
  'flow-seq-start': 1,
  'flow-map-end': -1,
  'flow-seq-end': -1,
};
/** `-`, `?` and `:`, each of which opens a level when it stands further right than the one before. */
const INDICATORS = new Set(['seq-item-ind', 'explicit-key-ind', 'map-value-ind']);

function take(place: Place, lexeme: string): void {
  const type = (place.scalarNext ? undefined : CST.tokenType(lexeme)) ?? 'text';
  place.scalarNext = type === 'scalar';
  if (MARKS.has(type)) return;
  if (INDICATORS.has(type) || (!place.lineStarted && !BLANKS.has(type))) openBlock(place);
  place.lineStarted ||= !BLANKS.has(type);
  place.flow = Math.max(0, place.flow + (FLOW[type] ?? 0));
  advance(place, lexeme);
}

/** Whatever begins further right is over when something begins here. */
function openBlock({ flow, columns, column }: Place): void {
  if (flow > 0) return;
  while ((columns.at(-1) ?? -1) >= column) columns.pop();
  columns.push(column);
}

function advance(place: Place, lexeme: string): void {
  const end = lexeme.lastIndexOf('\n');
  if (end === -1) {
    place.column += lexeme.length;
    return;
  }
  for (const character of lexeme) if (character === '\n') place.line += 1;
  place.column = lexeme.length - end - 1;
  place.lineStarted = false;
}
