import { REASON } from '../api/conditions.ts';
import { jsonLines } from '../drivers/container/docker/json-lines.ts';
import { RetryError, StalledError } from '../errors/reconcile-errors.ts';
import type { Instruction } from './dockerfile.ts';

const TAIL = 15;

export interface BuildOutput {
  instructions: Instruction[];
  onProgress(message: string): void;
  /** Called with the index of every instruction that begins. */
  onStep(index: number): void;
  /** Everything that the build prints. */
  log(text: string): void;
  /** Where the log is, for messages. */
  logFile: string;
}

/** Reads what the engine tells of a build until its end. @throws StalledError BuildFailed  @throws RetryError BuildFailed */
export async function followBuild(stream: NodeJS.ReadableStream, output: BuildOutput): Promise<void> {
  let step = 0;
  const tail: string[] = [];
  let built = false;
  for await (const message of jsonLines(stream)) {
    if (typeof message['error'] === 'string') throw failed(message['error'], step, tail, output);
    if (message['aux'] !== undefined) built = true;
    const text = message['stream'];
    if (typeof text !== 'string') continue;
    output.log(text);
    tail.push(...text.split(/[\r\n]+/).filter((line) => line.trim() !== ''));
    tail.splice(0, Math.max(0, tail.length - TAIL));
    step = report(text, output) ?? step;
  }
  if (!built) throw new RetryError(REASON.buildFailed, 'the engine ended the build before it was done');
}

/** Index of the instruction, when that line is its beginning. */
function report(text: string, output: BuildOutput): number | undefined {
  const match = /^Step (\d+)\/(\d+) : /.exec(text);
  if (!match) return undefined;
  const index = Number(match[1]) - 1;
  output.onStep(index);
  output.onProgress(`step ${match[1]}/${match[2]}: ${output.instructions[index]?.title ?? 'finishing'}`);
  return index;
}

/** Passes when the network does; everything else fails the same way again. */
const NETWORK_TROUBLE =
  /Temporary failure resolving|Could not connect to|Connection failed|Connection timed out|Unable to connect|Network is unreachable|Connection reset by peer/;

function failed(error: string, step: number, tail: string[], output: BuildOutput): Error {
  const instruction = output.instructions[step];
  output.log(`${error}\n`);
  const message = [
    `step ${step + 1}/${output.instructions.length} (${instruction?.title ?? 'finishing'}) failed: ${error}`,
    ...tail,
    `The whole log is in ${output.logFile}`,
  ].join('\n');
  const passing = instruction?.text.includes('apt-get') && NETWORK_TROUBLE.test(tail.join('\n'));
  return passing ? new RetryError(REASON.buildFailed, message) : new StalledError(REASON.buildFailed, message);
}
