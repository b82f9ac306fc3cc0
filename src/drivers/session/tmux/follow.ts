import { createLineReader } from '../line-reader.ts';
import type { Tmux } from './command.ts';
import { controlLines } from './control.ts';
import { createHistory } from './history.ts';

/**
 * The last lines of a pane, and those that it prints from then on, as a client that only listens: it takes no part in the size of
 * the window, types nothing, and leaves the session's environment alone. Ends with the session.
 */
export async function* followPane(
  tmux: Tmux,
  pane: { session: string; id: string; running: boolean },
  signal: AbortSignal,
  lines = 0,
): AsyncGenerator<string> {
  const args = ['attach-session', '-E', '-t', pane.session, '-f', 'read-only,ignore-size'];
  const prefix = `%output ${pane.id} `;
  const history = createHistory(pane, lines);
  const text = createLineReader();
  for await (const line of controlLines(tmux, [...args, ...history.args], signal)) {
    const before = history.take(line);
    if (before !== undefined) yield* text.push(Buffer.from(before, 'latin1')).slice(-lines);
    // What came before the history is in it.
    else if (history.isOver() && line.startsWith(prefix)) yield* text.push(unescaped(line.slice(prefix.length)));
  }
  yield* text.end();
}

/** tmux writes control characters and the backslash as three octal digits. */
export function unescaped(output: string): Buffer {
  const bytes = output.replace(/\\([0-7]{3})/g, (_match, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
  return Buffer.from(bytes, 'latin1');
}
