import type { Socket } from 'node:net';
import type { AttachEvent, Keys, Size } from '../protocol.ts';
import { createOutlet } from './outlet.ts';
import type { Pane, PaneEvent } from './pane.ts';
import type { HeldSession, Viewer } from './session.ts';
import type { Sessions } from './sessions.ts';

/** Milliseconds in which a program sees a terminal of another size, so that it draws everything again. */
const NUDGE = 100;

/** A terminal in a session: shows one of its panes, and types into it. */
export interface AttachedTerminal {
  /** Resolves when more may come. */
  take(keys: Keys): Promise<void>;
}

/** Serves it until it leaves. The pane on show gets the size of the terminal that did something last. */
export function serveAttach(
  socket: Socket,
  session: HeldSession,
  at: { sessions: Sessions; size: Size },
): AttachedTerminal {
  let { size } = at;
  let shown = paneToBeginWith(session);
  let stops: (() => void)[] = [];
  const outlet = createOutlet(socket, {
    data: (chunk): AttachEvent => ({ event: 'output', data: chunk.toString('base64') }),
    resume: () => {
      // What it drew meanwhile was left out: it has to draw again.
      setImmediate(() => fit(true));
      return view();
    },
  });
  const viewer: Viewer = {
    leave(because) {
      stop();
      outlet.send({ event: 'gone', because } satisfies AttachEvent);
      socket.end();
    },
  };

  /** What the terminal begins with. */
  function view(): AttachEvent {
    const { exitCode } = shown.state();
    const names = [...session.panes.keys()];
    return {
      event: 'shown',
      pane: shown.name,
      panes: names,
      // One line is for what the terminal has to say itself.
      screen: shown.output.screen(Math.max(size.rows - 1, 1)).toString('base64'),
      ...(exitCode === undefined ? {} : { exitCode }),
    };
  }
  function stop(): void {
    stops.forEach((one) => one());
    stops = [];
  }
  function show(pane: Pane): void {
    stop();
    shown = pane;
    session.lastShown = pane.name;
    outlet.send(view());
    stops = [pane.output.listen((chunk) => outlet.push(chunk)), pane.listen(onEvent)];
    fit(true);
  }
  function fit(redraw: boolean): void {
    const pane = shown;
    const { rows, cols } = pane.size();
    const isSame = rows === size.rows && cols === size.cols;
    if (isSame && !(redraw && pane.output.modes.isFullScreen())) return;
    pane.resize(isSame ? { rows: Math.max(rows - 1, 1), cols } : size);
    // Some look no further when the size is what it was.
    if (isSame) setTimeout(() => pane.resize(size), NUDGE);
  }
  function onEvent(event: PaneEvent): void {
    if (event === 'started') outlet.send({ event, pane: shown.name } satisfies AttachEvent);
    if (event === 'removed' && session.panes.size > 0) show(paneToBeginWith(session));
    if (event !== 'ended') return;
    const { exitCode = 0 } = shown.state();
    outlet.send({ event, pane: shown.name, exitCode, running: runningIn(session) } satisfies AttachEvent);
  }
  function select(which: number | 'next' | 'previous'): void {
    const panes = [...session.panes.values()];
    const current = panes.indexOf(shown);
    const step = which === 'next' ? 1 : -1;
    const index = typeof which === 'number' ? which : (current + step + panes.length) % panes.length;
    const pane = panes[index];
    if (pane) show(pane);
  }

  session.viewers.add(viewer);
  socket.once('close', () => {
    stop();
    session.viewers.delete(viewer);
    at.sessions.changed(session);
  });
  show(shown);
  at.sessions.changed(session);

  return {
    async take(keys) {
      if ('resize' in keys) size = keys.resize;
      if ('input' in keys || 'resize' in keys) fit(false);
      if ('select' in keys) select(keys.select);
      if ('redraw' in keys) show(shown);
      if ('input' in keys) await shown.type(Buffer.from(keys.input, 'base64'));
    },
  };
}

/** The one that was shown last, unless only others run. */
function paneToBeginWith(session: HeldSession): Pane {
  const panes = [...session.panes.values()];
  const last = panes.find(({ name }) => name === session.lastShown);
  const candidates = last ? [last, ...panes] : panes;
  return (candidates.find((pane) => pane.state().running) ?? candidates[0]) as Pane;
}

function runningIn(session: HeldSession): number {
  return [...session.panes.values()].filter((pane) => pane.state().running).length;
}
