import type { Condition, KubeObject } from '../../../api/meta.ts';
import { CliError } from '../../shared/errors.ts';

/** What `--for` asks for. `isMet` is given undefined while the object does not exist. */
export interface WaitCondition {
  type: 'create' | 'delete' | 'condition' | 'jsonpath';
  isMet(object: KubeObject | undefined): boolean;
}

/** `delete`, `create`, `condition=Ready[=false]` or `jsonpath='{.status.phase}'[=Ready]`. @throws CliError */
export async function parseWaitCondition(text: string): Promise<WaitCondition> {
  const lower = text.toLowerCase();
  if (lower === 'delete') return { type: 'delete', isMet: (object) => object === undefined };
  if (lower === 'create') return { type: 'create', isMet: (object) => object !== undefined };
  const [, kind, rest = ''] = /^(condition|jsonpath)=(.+)$/s.exec(text) ?? [];
  if (kind === 'condition') return conditionStatus(rest);
  if (kind === 'jsonpath') return jsonpathValue(rest);
  throw new CliError(`unrecognized condition: "${text}"`);
}

function conditionStatus(text: string): WaitCondition {
  const [type = '', status = 'true'] = text.split('=');
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
  return {
    type: 'condition',
    isMet(object) {
      const found = conditionsOf(object).find((condition) => same(condition.type, type));
      return found !== undefined && isCurrent(found, object) && same(found.status, status);
    },
  };
}

/** A condition that was set for an earlier generation says nothing about this one. */
function isCurrent({ observedGeneration }: Condition, object: KubeObject | undefined): boolean {
  return observedGeneration === undefined || observedGeneration >= (object?.metadata.generation ?? 0);
}

function conditionsOf(object: KubeObject | undefined): readonly Condition[] {
  return (object?.status as { conditions?: Condition[] } | undefined)?.conditions ?? [];
}

/** Without a value: that there is anything at all. */
async function jsonpathValue(text: string): Promise<WaitCondition> {
  const { lookUp, parseRelaxedPath } = await import('../jsonpath/path.ts');
  const { formatValue } = await import('../jsonpath/template.ts');
  const [, typedPath = text, typedValue] = /^(\{.*\}|[^=]+)=(.*)$/s.exec(text.replace(/^'([^']*)'/, '$1')) ?? [];
  const path = parseRelaxedPath(typedPath);
  const wanted = typedValue?.replace(/^(['"])(.*)\1$/s, '$2');
  if (wanted === '') throw new CliError('jsonpath wait has to have a value after =');
  return {
    type: 'jsonpath',
    isMet(object) {
      const found = object ? lookUp(path, { root: object, current: object }) : [];
      if (found.length > 1) throw new CliError('given jsonpath expression matches more than one value');
      return found.length === 1 && (wanted === undefined || formatValue(found[0]) === wanted);
    },
  };
}
