import type { TerminalSize } from '../../../../exec/terminal-process.ts';
import type { Connection } from '../connection.ts';
import { encode } from '../protocol.ts';
import type { AttachEvent, Keys } from '../protocol.ts';
import { createTerminalModes } from '../terminal-modes.ts';
import { createKeyReader } from './keys.ts';
import type { KeyAction } from './keys.ts';
import { farewell, freshScreen, heading, help, nothingRuns, paneEnded, paneStarted, sessionEnded } from './words.ts';

/** The person's terminal, in raw mode. */
export interface OwnTerminal {
  size(): TerminalSize;
  write(bytes: Buffer | string): void;
  /** Calls back with what is typed. */
  onKeys(listener: (typed: Buffer) => void): void;
  /** Calls back when the size is another one, or what is shown has to be drawn anew. */
  onChange(listener: (what: 'size' | 'content') => void): void;
}

/**
 * Shows a session in the terminal until the person leaves or the session ends; what has ended in it may be started again.
 * @param signal ends it: the terminal is to be given back
 * @returns the exit code: 0 when the person has left or the session has ended, 1 when the sessions' holder is gone
 */
export async function showSession(
  { socket, messages }: Connection,
  { session, terminal, signal }: { session: string; terminal: OwnTerminal; signal: AbortSignal },
): Promise<number> {
  const modes = createTerminalModes();
  const readKeys = createKeyReader();
  /** While something of our own is on the screen; `closing` once the pane was asked for in its place. */
  let cover: 'none' | 'help' | 'closing' = 'none';
  let shown: { pane: string; panes: readonly string[] } = { pane: '', panes: [] };
  let end: { code: number; text: string } | undefined;

  function finish(code: number, text: string): void {
    end ??= { code, text };
    socket.destroy();
  }
  function send(keys: Keys): void {
    if (socket.writable) socket.write(encode(keys));
  }
  function output(bytes: Buffer): void {
    if (cover !== 'none') return;
    modes.push(bytes);
    terminal.write(bytes);
  }
  function leaveModes(): void {
    terminal.write(modes.leave());
    modes.clear();
  }
  function act(action: KeyAction): void {
    if (action.type === 'input') send({ input: action.bytes.toString('base64') });
    if (action.type === 'select') send({ select: action.which });
    if (action.type === 'redraw') redraw();
    if (action.type === 'detach') finish(0, `detached from ${session}`);
    if (action.type === 'help') showHelp();
  }
  function redraw(): void {
    if (cover === 'help') cover = 'closing';
    send({ redraw: true });
  }
  function showHelp(): void {
    leaveModes();
    cover = 'help';
    terminal.write(freshScreen(terminal.size().rows) + help(shown));
  }
  function onShown(event: Extract<AttachEvent, { event: 'shown' }>): void {
    shown = event;
    // A pane that is shown anew since this terminal was slow.
    if (cover === 'help') return;
    leaveModes();
    cover = 'none';
    const { rows, cols } = terminal.size();
    terminal.write(freshScreen(rows) + heading(session, event, cols));
    output(Buffer.from(event.screen, 'base64'));
    if (event.exitCode !== undefined) terminal.write(paneEnded(event.pane, event.exitCode));
  }
  function onEnded({ pane, exitCode, running }: Extract<AttachEvent, { event: 'ended' }>): void {
    leaveModes();
    terminal.write(paneEnded(pane, exitCode));
    // Whether it is started again is not known here.
    if (running === 0) terminal.write(nothingRuns(session));
  }
  function take(event: AttachEvent): void {
    switch (event.event) {
      case 'shown':
        return onShown(event);
      case 'output':
        return output(Buffer.from(event.data, 'base64'));
      case 'ended':
        return onEnded(event);
      case 'started':
        return terminal.write(paneStarted(event.pane));
      case 'gone':
        return finish(0, event.because === 'ended' ? sessionEnded(session) : `detached from ${session}`);
    }
  }

  terminal.onKeys((typed) => readKeys(typed).forEach(act));
  terminal.onChange((what) => {
    if (what === 'size') send({ resize: terminal.size() });
    else if (cover === 'help') showHelp();
    else redraw();
  });
  signal.addEventListener('abort', () => socket.destroy(), { once: true });
  try {
    for await (const event of messages) if (!end) take(event as AttachEvent);
  } catch (error) {
    // However the connection ends, it is over.
    if (error instanceof SyntaxError) throw error;
  } finally {
    leaveModes();
  }
  if (signal.aborted) return 1;
  const { code, text } = end ?? { code: 1, text: `the process that held ${session} is gone; dual attach again` };
  terminal.write(farewell(text));
  return code;
}
