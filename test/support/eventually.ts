/**
 * Waits until `assertion` no longer throws and gives what it returned; throws its last error after `timeout` milliseconds.
 * For everything that comes about by itself: never sleep for a fixed time instead.
 */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  options: { timeout?: number; interval?: number } = {},
): Promise<T> {
  const { timeout = 10_000, interval = 25 } = options;
  const deadline = Date.now() + timeout;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
      await new Promise((resolve) => {
        setTimeout(resolve, interval);
      });
    }
  }
}
