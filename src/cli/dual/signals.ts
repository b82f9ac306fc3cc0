/**
 * From now on these signals go to `listener` alone: whoever listened before, to give up waiting, has nothing more to decide.
 * The result gives them back to the system's defaults.
 */
export function takeSignals(
  signals: readonly NodeJS.Signals[],
  listener: (signal: NodeJS.Signals) => void,
): () => void {
  for (const signal of signals) process.removeAllListeners(signal).on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}
