/** Those items whose text has every word of `term`, its letters in that order, best matches first; all of them for an empty one. */
export function fuzzyFilter<T>(term: string, items: readonly T[], textOf: (item: T) => string): T[] {
  const words = term.toLowerCase().split(/\s+/).filter(Boolean);
  return items
    .map((item) => ({ item, score: scoreAll(words, textOf(item).toLowerCase()) }))
    .filter((entry): entry is { item: T; score: number } => entry.score !== undefined)
    .sort((a, b) => a.score - b.score)
    .map(({ item }) => item);
}

function scoreAll(words: readonly string[], text: string): number | undefined {
  const scores = words.map((word) => fuzzyScore(word, text));
  return scores.includes(undefined) ? undefined : scores.reduce<number>((sum, score) => sum + (score ?? 0), 0);
}

/** How far the letters of `word` lie apart in `text`, a little more when they come late; undefined when it lacks one. */
export function fuzzyScore(word: string, text: string): number | undefined {
  const exact = text.indexOf(word);
  if (exact !== -1) return exact / 1000;
  const [start, ...rest] = positions(word, text);
  if (start === undefined || rest.length !== word.length - 1) return undefined;
  return (rest.at(-1) ?? start) - start - word.length + 2 + start / 1000;
}

/** Where the letters are found one after the other, as far as they are. */
function positions(word: string, text: string): number[] {
  const found: number[] = [];
  for (const letter of word) {
    const position = text.indexOf(letter, (found.at(-1) ?? -1) + 1);
    if (position === -1) break;
    found.push(position);
  }
  return found;
}
