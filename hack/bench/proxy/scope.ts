/** What is to be undone at the end, the last thing first, whatever ends the benchmark: its end, an error, or ^C. */
export interface Scope {
  defer(undo: () => unknown): void;
  end(): Promise<void>;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function createScope(): Scope {
  const undos: (() => unknown)[] = [];
  let ending: Promise<void> | undefined;
  const undoAll = async (): Promise<void> => {
    for (let undo = undos.pop(); undo; undo = undos.pop()) {
      try {
        await undo();
      } catch (error) {
        console.error(error);
      }
    }
  };
  const end = (): Promise<void> => (ending ??= undoAll());
  // A terminal sends it to everything that runs in it, and what started this passes it on: it may come more than once.
  for (const signal of SIGNALS) process.on(signal, () => void end().then(() => process.exit(130)));
  return {
    defer(undo) {
      undos.push(undo);
      // Made while everything is already being undone.
      if (ending) ending = ending.then(undoAll);
    },
    end,
  };
}
