import type { Condition } from '../api/meta.ts';

export type ConditionInput = Omit<Condition, 'lastTransitionTime'>;

export function getCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return getCondition(conditions, type)?.status === 'True';
}

/** A copy with that condition set. `lastTransitionTime` moves only when its status changes; the order stays. */
export function setCondition(conditions: readonly Condition[], input: ConditionInput, now: string): Condition[] {
  const before = getCondition(conditions, input.type);
  const lastTransitionTime = before?.status === input.status ? before.lastTransitionTime : now;
  const next: Condition = { ...input, lastTransitionTime };
  return before ? conditions.map((condition) => (condition === before ? next : condition)) : [...conditions, next];
}

export function removeCondition(conditions: readonly Condition[], type: string): Condition[] {
  return conditions.filter((condition) => condition.type !== type);
}
