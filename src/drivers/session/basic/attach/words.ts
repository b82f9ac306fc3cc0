import { constants } from 'node:os';

const HELP = [
  'C-b d    detach; everything goes on',
  'C-b n    next pane',
  'C-b p    previous pane',
  'C-b 0-9  that pane',
  'C-b C-b  a C-b for the program',
  'C-b ?    this list',
];

interface Panes {
  /** The one on show. */
  pane: string;
  panes: readonly string[];
}

/** Lines for a terminal in raw mode, each with its end; in the colours of a notice. */
function lines(...texts: string[]): string {
  return texts.map((text) => `\u001b[0;7m[${text}]\u001b[0m\r\n`).join('');
}

/** A screen without what is on it, which the person can still scroll back to. */
export function freshScreen(rows: number): string {
  return `\u001b[0m\u001b[${rows};1H${'\r\n'.repeat(rows)}\u001b[H\u001b[J`;
}

/** One row of that many columns: names only the pane on show where the others leave no room for the keys. */
export function heading(session: string, { pane, panes }: Panes, cols: number): string {
  const full = headingText(session, named({ pane, panes }).join(' '));
  if (full.length + 2 <= cols) return lines(full);
  return lines(headingText(session, `${panes.indexOf(pane)}:${pane}* of 0-${panes.length - 1}`));
}

function headingText(session: string, panes: string): string {
  return `${session}  ${panes} · C-b d detaches, C-b ? keys`;
}

/** The panes as their keys go, the one on show marked. */
function named({ pane, panes }: Panes): string[] {
  return panes.map((name, index) => `${index}:${name}${name === pane ? '*' : ''}`);
}

export function help(panes: Panes): string {
  const all = [...HELP, '', ...named(panes), '', 'any key to go back'];
  return all.map((line) => `  ${line}\r\n`).join('');
}

export function paneEnded(pane: string, exitCode: number): string {
  const signal = signalOf(exitCode);
  const how = signal === undefined ? `has ended (exit code ${exitCode})` : `was ended by ${signal}`;
  return `\r\n${lines(`${pane} ${how}`)}`;
}

/** By the convention of shells; programs that end by themselves with such a code are taken for the same. */
function signalOf(exitCode: number): string | undefined {
  return Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];
}

export function nothingRuns(session: string): string {
  return lines(`nothing runs in ${session} now · C-b d detaches`);
}

export function paneStarted(pane: string): string {
  return lines(`${pane} is started again`);
}

/** For the last line: a Workspace that is still wanted has a new session soon. */
export function sessionEnded(session: string): string {
  return `${session} has ended; dual attach ${session} enters the new one`;
}

export function farewell(text: string): string {
  return `\r\n[${text}]\r\n`;
}
