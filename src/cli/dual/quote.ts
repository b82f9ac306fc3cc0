/** A word as a POSIX shell reads it back, for commands that are shown to people. Plain words stay as they are. */
export function quote(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
