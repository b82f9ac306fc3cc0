/** Milliseconds between two reports of the same step. */
const INTERVAL = 200;

/**
 * Turns what git writes to standard error into lines for people, as in `Receiving objects: 42%`: each step when it begins, and
 * how far it has come at most five times a second.
 */
export function progressLines(report: (message: string) => void, now: () => number = Date.now): (text: string) => void {
  let rest = '';
  let last = { step: '', at: 0 };
  return (text) => {
    const pieces = (rest + text).split(/[\r\n]/);
    rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      const [, step, percent] = /^(?:remote: )?([A-Z][A-Za-z ]+):\s+(\d+%)/.exec(piece.trim()) ?? [];
      if (step === undefined) continue;
      if (step === last.step && now() - last.at < INTERVAL && percent !== '100%') continue;
      last = { step, at: now() };
      report(`${step}: ${percent}`);
    }
  };
}
