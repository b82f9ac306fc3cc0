import { READY, REASON, RECONCILING, STALLED } from '../../src/api/conditions.ts';
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
  return after
    .filter((condition) => isNews(condition, getCondition(before, condition.type)) && !isTold(condition, after))
    .map(({ type, status, reason, message }) => {
      const fine = status === 'True' ? type !== STALLED : PROGRESSING.includes(reason);
      return { type: fine ? 'Normal' : 'Warning', reason, message };
    });
}

function isNews(condition: Condition, before: Condition | undefined): boolean {
  if (condition.type === RECONCILING || QUIET.includes(condition.reason)) return false;
  return before?.status !== condition.status || before.reason !== condition.reason;
}

/** What makes Ready false is told by the condition that it comes from. */
function isTold(condition: Condition, all: readonly Condition[]): boolean {
  if (condition.type !== READY || condition.status === 'True') return false;
  return all.some((other) => other !== condition && other.reason === condition.reason);
}
