import { REASON } from '../api/conditions.ts';
import type { Reason } from '../api/conditions.ts';
import { API_VERSION } from '../api/scheme.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { Log } from '../log/log.ts';

/** Tells of manifests, by Event and on the log: each trouble once, until it is another or over. */
export interface Reports {
  trouble(subject: string, reason: Reason, messages: string[]): void;
  /** Something was done. */
  done(subject: string, reason: Reason, message: string): void;
  /** All troubles but those of these subjects are over. */
  keepOnly(subjects: ReadonlySet<string>): void;
}

/** The subject of what concerns the directory as a whole. */
export const DIRECTORY = '';

const MAX_MESSAGES = 10;

export function createReports(directory: string, recorder: EventRecorder, log: Log): Reports {
  const told = new Map<string, string>();
  return {
    trouble(subject, reason, messages) {
      const text = `${reason} ${messages.join('\n')}`;
      if (told.get(subject) === text) return;
      told.set(subject, text);
      const more = messages.length - MAX_MESSAGES;
      const shown = more > 0 ? [...messages.slice(0, MAX_MESSAGES), `and ${more} more`] : messages;
      log.warn({ directory, manifest: subject, reason, errors: shown }, 'manifest not applied');
      recorder.event(reference(subject), 'Warning', reason, shown.join('\n'));
    },
    done(subject, reason, message) {
      log.info({ directory, manifest: subject, reason }, message);
      recorder.event(reference(subject), 'Normal', reason, message);
    },
    keepOnly(subjects) {
      for (const subject of told.keys()) {
        if (subjects.has(subject)) continue;
        told.delete(subject);
        log.info({ directory, manifest: subject, reason: REASON.reconciled }, 'manifest is in order again');
      }
    },
  };
}

/** Events are about an object, and their names begin with its name: a path is made to look like one. */
function reference(subject: string): { apiVersion: string; kind: string; metadata: { name: string } } {
  const name = subject
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .replace(/[-.]*\.[-.]*/g, '.')
    .slice(0, 200);
  return { apiVersion: API_VERSION, kind: 'Manifest', metadata: { name: name || 'manifests' } };
}
