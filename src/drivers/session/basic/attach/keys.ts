/** What a person wants who typed that. */
export type KeyAction =
  | { type: 'input'; bytes: Buffer }
  | { type: 'select'; which: number | 'next' | 'previous' }
  | { type: 'detach' }
  /** Shows the keys, and after the next key the pane again. */
  | { type: 'help' }
  | { type: 'redraw' };

/** ^B, as with tmux. */
const PREFIX = 2;

/** A key of more than one character, such as an arrow. */
const LONG_KEY = /^\u001b(\[[0-?]*[ -/]*[@-~]|O.)/;

/** Tells the keys for the pane from those for the session. What is typed may come in pieces of any size. */
export function createKeyReader(): (typed: Buffer) => KeyAction[] {
  let state: 'typing' | 'prefix' | 'help' = 'typing';

  function afterPrefix(key: string): KeyAction[] {
    state = 'typing';
    if (key === 'd') return [{ type: 'detach' }];
    if (key === 'n' || key === 'p') return [{ type: 'select', which: key === 'n' ? 'next' : 'previous' }];
    if (/^\d$/.test(key)) return [{ type: 'select', which: Number(key) }];
    if (key.charCodeAt(0) === PREFIX) return [{ type: 'input', bytes: Buffer.of(PREFIX) }];
    if (key !== '?') return [];
    state = 'help';
    return [{ type: 'help' }];
  }

  return (typed) => {
    const actions: KeyAction[] = [];
    let rest = typed;
    while (rest.length > 0) {
      if (state === 'typing') {
        const prefix = rest.indexOf(PREFIX);
        const bytes = prefix === -1 ? rest : rest.subarray(0, prefix);
        if (bytes.length > 0) actions.push({ type: 'input', bytes });
        if (prefix !== -1) state = 'prefix';
        rest = rest.subarray(bytes.length + 1);
        continue;
      }
      const key = firstKey(rest);
      rest = rest.subarray(key.length);
      if (state === 'prefix') actions.push(...afterPrefix(key));
      else {
        state = 'typing';
        actions.push({ type: 'redraw' });
      }
    }
    return actions;
  };
}

/** One character per byte. */
function firstKey(typed: Buffer): string {
  const text = typed.toString('latin1');
  return LONG_KEY.exec(text)?.[0] ?? text.charAt(0);
}
