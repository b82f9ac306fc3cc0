import { GROUP, RESOURCES, VERSION, type Resource, findResource } from '../../../api/scheme.ts';
import { CliError } from '../../shared/errors.ts';

/** Objects of one resource: those names, or all when there are none. */
export interface Target {
  resource: Resource;
  names: string[];
}

/** Words that stand for several resources. `dual` is the category in crds/. */
const CATEGORIES = new Set(['all', 'dual']);

/**
 * What kubectl takes as `TYPE[,TYPE…] [NAME…]` or `TYPE/NAME…`; `defaultType` stands in where no type is given.
 * @throws CliError
 */
export function parseResourceArgs(args: readonly string[], defaultType?: string): Target[] {
  const [first, ...names] = args;
  if (first === undefined)
    throw new CliError('Required resource not specified: give a type, as in "workspaces"; see dualctl api-resources');
  if (args.some((arg) => arg.includes('/'))) return parseSlashed(args, defaultType);
  if (defaultType !== undefined) return [{ resource: resourceNamed(defaultType), names: [...args] }];
  return first
    .split(',')
    .flatMap(resourcesNamed)
    .filter((resource, index, all) => all.indexOf(resource) === index)
    .map((resource) => ({ resource, names }));
}

/** By plural, singular, short name or kind, also with `.dual.dev` or `.v1alpha1.dual.dev` behind it. @throws CliError */
export function resourceNamed(type: string): Resource {
  const bare = type.replace(new RegExp(`\\.(${VERSION}\\.)?${GROUP.replace('.', '\\.')}$`, 'i'), '');
  const resource = findResource(bare);
  if (!resource || (bare !== type && resource.group !== GROUP)) {
    throw new CliError(`the server doesn't have a resource type "${type}"`);
  }
  return resource;
}

function resourcesNamed(type: string): readonly Resource[] {
  return CATEGORIES.has(type) ? RESOURCES.filter((resource) => resource.group === GROUP) : [resourceNamed(type)];
}

function parseSlashed(args: readonly string[], defaultType: string | undefined): Target[] {
  const targets: Target[] = [];
  for (const arg of args) {
    const { resource, name } = parseSlashedArg(arg, defaultType);
    const target = targets.find((each) => each.resource === resource);
    if (target) target.names.push(name);
    else targets.push({ resource, names: [name] });
  }
  return targets;
}

function parseSlashedArg(arg: string, defaultType: string | undefined): { resource: Resource; name: string } {
  const [type = '', name, ...rest] = arg.split('/');
  if (name === undefined && defaultType !== undefined) return { resource: resourceNamed(defaultType), name: arg };
  if (name === undefined) {
    throw new CliError(
      "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'dualctl get resource/<resource_name>' instead of 'dualctl get resource resource/<resource_name>')",
    );
  }
  if (type === '' || name === '' || rest.length > 0) {
    throw new CliError(`arguments in resource/name form must have a single resource and name, not "${arg}"`);
  }
  return { resource: resourceNamed(type), name };
}
