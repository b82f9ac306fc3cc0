import { READY, REASON, RECONCILING } from '../../src/api/conditions.ts';
import type { Condition } from '../../src/api/meta.ts';
import { getCondition } from '../../src/conditions/conditions.ts';

export interface Transition {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

const QUIET: readonly string[] = [REASON.waiting, REASON.terminating, REASON.lazy, REASON.stopped];
const PROGRESSING: readonly string[] = [REASON.cloning, REASON.building, REASON.starting];

/** What changed between two statuses and is worth an Event: a condition's status or reason, never its message alone. Pure. */
export function transitions(before: readonly Condition[], after: readonly Condition[]): Transition[] {
  return after.flatMap((condition) => {
    if (condition.type === RECONCILING || QUIET.includes(condition.reason)) return [];
    const earlier = getCondition(before, condition.type);
    if (earlier?.status === condition.status && earlier.reason === condition.reason) return [];
    // What makes Ready false is told by the condition that it comes from.
    if (
      condition.type === READY &&
      condition.status !== 'True' &&
      after.some((other) => other !== condition && other.reason === condition.reason)
    )
      return [];
    const fine = condition.status === 'True' ? condition.type !== 'Stalled' : PROGRESSING.includes(condition.reason);
    return [{ type: fine ? 'Normal' : 'Warning', reason: condition.reason, message: condition.message }];
  });
}
