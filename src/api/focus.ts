import { ANNOTATION_FOCUSED } from './labels.ts';
import type { ObjectMeta } from './meta.ts';

/** RFC 3339 in UTC, so that the later one is the greater one as text. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

/** When plain `localhost` was pointed at that Workspace. What is no time counts for nothing: annotations are free text. */
export function focusedAt({ annotations }: ObjectMeta): string | undefined {
  const time = annotations?.[ANNOTATION_FOCUSED];
  return time !== undefined && TIME.test(time) ? time : undefined;
}
