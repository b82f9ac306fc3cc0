const MAX_LINE = 1024 * 1024;

/** The engine's streams: one JSON object a line. Ends when the stream does; throws what the stream throws. */
export async function* jsonLines(stream: NodeJS.ReadableStream): AsyncGenerator<Record<string, unknown>> {
  const decoder = new TextDecoder();
  let pending = '';
  for await (const chunk of stream) {
    pending += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const lines = pending.split('\n');
    pending = lines.pop() ?? '';
    if (pending.length > MAX_LINE) throw new Error('the engine sent a line that is too long');
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as Record<string, unknown>;
  }
  if (pending.trim() !== '') yield JSON.parse(pending) as Record<string, unknown>;
}
