/** A key as jsonpath-plus takes it between brackets; the backquote says that nothing in it has a meaning. */
export function quoteKey(key: string): string {
  if (/['"\]^]/.test(key)) throw new Error(`unsupported character in the field name "${key}"`);
  return `'\`${key}'`;
}

const FIELD = String.raw`@(?:\.(?:\\.|[^\\.[\]\s=!<>()])+|\['[^']*'\]|\[\d+\])*`;
const LITERAL = String.raw`"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|-?\d+(?:\.\d+)?|true|false|null`;
const FILTER = new RegExp(String.raw`^\?\(\s*(${FIELD})\s*(?:(==|!=|<=|>=|<|>)\s*(${FIELD}|${LITERAL})\s*)?\)$`, 's');

/** A filter, and the value that it compares with under a name of its own. */
export interface Filter {
  expression: string;
  literals: Record<string, unknown>;
}

/**
 * `?(@.type=="Ready")`, `?(@.port>3000)` or `?(@.name)` as an expression for jsonpath-plus. It is written anew from its parts, so
 * that nothing else than a comparison is ever evaluated. A literal is handed over by `name`, since jsonpath-plus would find paths
 * and brackets in it. @throws Error when it is anything else
 */
export function parseFilter(filter: string, name: string): Filter {
  const [, left, operator, right] = FILTER.exec(filter) ?? [];
  if (left === undefined) throw new Error(`unrecognized filter "[${filter}]": expected [?(@.field=="value")]`);
  if (operator === undefined || right === undefined) return { expression: `${field(left)}!==undefined`, literals: {} };
  const isField = right.startsWith('@');
  return {
    expression: `${field(left)}${operator}${isField ? field(right) : name}`,
    literals: isField ? {} : { [name]: literal(right) },
  };
}

/** `@.a\.b[0]` as `@['a.b'][0]`. */
function field(text: string): string {
  const steps = text.slice(1).matchAll(/\.((?:\\.|[^\\.[\]])+)|\['([^']*)'\]|\[(\d+)\]/gs);
  const subscripts = [...steps].map(([, name, quoted, index]) => {
    if (index !== undefined) return `[${index}]`;
    return `[${JSON.stringify((name ?? quoted ?? '').replaceAll(/\\(.)/gs, '$1'))}]`;
  });
  // Behind the value itself jsonpath-plus wants a space, to tell it from `@path` and the like.
  return subscripts.length > 0 ? `@${subscripts.join('')}` : '@ ';
}

function literal(text: string): unknown {
  const quoted = /^(['"])(.*)\1$/s.exec(text)?.[2];
  return quoted === undefined ? JSON.parse(text) : quoted.replaceAll(/\\(.)/gs, '$1');
}
