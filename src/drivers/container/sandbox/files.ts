import path from 'node:path';

/** What belongs to one sandbox, in a directory of its own that no machine can see. Absolute paths. */
export interface SandboxFiles {
  dir: string;
  /** Who it belongs to and what it was made from; see record.ts. There from its making to its removal. */
  spec: string;
  /** The process outside that keeps it, written by that process itself: pid, start time, boot. Its mtime is when it started. */
  run: string;
  /** Its first process, as the host has it: pid, start time, boot. */
  init: string;
  /** A word once all of the start is done: until then it is half-made. */
  ready: string;
  /** Locked by that process for as long as it runs. */
  lock: string;
  /** Whoever is starting it: pid, start time, boot. */
  claim: string;
  /** How its guest ended; empty when that did not get to say. */
  exit: string;
  /** Standard error of all in it that has no other; since its last start. */
  log: string;
  /** What of the spec does not hold here, as JSON. */
  notices: string;
}

/** Names that can neither lead out of a directory nor be hidden in it. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** @throws RangeError for a uid that is no plain name */
export function sandboxFiles(root: string, uid: string): SandboxFiles {
  if (!isPlain(uid)) throw new RangeError(`not the uid of a workspace: ${JSON.stringify(uid)}`);
  const dir = path.join(root, uid);
  const at = (name: string): string => path.join(dir, name);
  return {
    dir,
    spec: at('spec.json'),
    run: at('run.pid'),
    init: at('init.pid'),
    ready: at('ready'),
    lock: at('lock'),
    claim: at('claim'),
    exit: at('exit'),
    log: at('log'),
    notices: at('notices.json'),
  };
}

export function isPlain(uid: string): boolean {
  return PLAIN.test(uid);
}
