/** What `make` gives for a key, made anew when it is older than `maxAge` milliseconds. Who asks meanwhile gets the same. */
export function recent<T>(make: (key: string) => Promise<T>, maxAge: number): (key: string) => Promise<T> {
  const made = new Map<string, { at: number; value: Promise<T> }>();
  return (key) => {
    const now = performance.now();
    const last = made.get(key);
    if (last && now - last.at < maxAge) return last.value;
    const value = make(key);
    made.set(key, { at: now, value });
    return value;
  };
}
