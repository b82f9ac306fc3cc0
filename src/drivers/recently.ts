/**
 * An answer that holds for so many milliseconds, for what is asked by every reconcile and takes a process to find out. Those who ask
 * at once share one. A failure is not kept.
 */
export function recently<T>(ask: () => Promise<T>, age: number): () => Promise<T> {
  let asked: { at: number; answer: Promise<T> } | undefined;
  return () => {
    if (asked && performance.now() - asked.at <= age) return asked.answer;
    const fresh = { at: performance.now(), answer: ask() };
    asked = fresh;
    fresh.answer.catch(() => {
      if (asked === fresh) asked = undefined;
    });
    return fresh.answer;
  };
}
