import type { Readable, Writable } from 'node:stream';
import type { ExecRequest, ExecResult } from '../protocol.ts';
import type { Environment } from './environment.ts';

/** A command to be started, complete. */
export interface CommandSpec {
  request: ExecRequest;
  env: Environment;
  /** Ids to run under; none where the guest is that user itself. */
  ids: { uid?: number; gid?: number };
}

/** A command that runs, as leader of a session and process group of its own. */
export interface Command {
  /** None when it could not be started; `ended` tells why. */
  pid: number | undefined;
  stdin: Writable;
  stdout: Readable;
  /** None with a terminal. */
  stderr?: Readable;
  resize(rows: number, cols: number): void;
  /** Resolves when the command itself has ended, or could not be started; its output may still be on the way. */
  ended: Promise<ExecResult>;
}
