import { StringDecoder } from 'node:string_decoder';

/** Lines of a byte stream as they come, without their ends; also the last one when nothing ends it. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  // Parts of a line are joined once it is whole: a long one comes in many chunks.
  let parts: string[] = [];
  for await (const chunk of chunks) {
    const pieces = decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)).split('\n');
    parts.push(pieces[0]!);
    for (const piece of pieces.slice(1)) {
      yield parts.join('');
      parts = [piece];
    }
  }
  const rest = parts.join('') + decoder.end();
  if (rest !== '') yield rest;
}
