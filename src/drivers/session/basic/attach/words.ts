const HELP = [
  'C-b d    leave; everything goes on',
  'C-b n    next pane',
  'C-b p    previous pane',
  'C-b 0-9  that pane',
  'C-b C-b  a C-b for the program',
  'C-b ?    this list',
  '',
  'any key to go back',
];

/** Lines for a terminal in raw mode, each with its end; in the colours of a notice. */
function lines(...texts: string[]): string {
  return texts.map((text) => `\u001b[0;7m[${text}]\u001b[0m\r\n`).join('');
}

/** A screen without what is on it, which the person can still scroll back to. */
export function freshScreen(rows: number): string {
  return `\u001b[0m\u001b[${rows};1H${'\r\n'.repeat(rows)}\u001b[H\u001b[J`;
}

export function heading(session: string, pane: { pane: string; index: number; count: number }): string {
  const which = pane.count > 1 ? ` (${pane.index} of 0-${pane.count - 1})` : '';
  return lines(`${session}: ${pane.pane}${which} · C-b d leaves, C-b ? shows all keys`);
}

export function help(): string {
  return HELP.map((line) => `  ${line}\r\n`).join('');
}

export function paneEnded(pane: string, exitCode: number): string {
  const how = exitCode > 128 ? `by signal ${exitCode - 128}` : `with ${exitCode}`;
  return `\r\n${lines(`${pane} has ended ${how}`)}`;
}

export function paneStarted(pane: string): string {
  return lines(`${pane} is started again`);
}

export function farewell(text: string): string {
  return `\r\n[${text}]\r\n`;
}
