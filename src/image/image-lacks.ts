import type { Lack } from './builder.ts';
import type { ServiceFindings, ServiceRequirement } from './detect-services.ts';

/** What a machine from an image of Dual's will not have: nothing starts the repo's data services in it. Pure. */
export function lackingInImage({ services, unreadable }: ServiceFindings, packages: string[]): Lack[] {
  const lacks = services.map((required) => serviceLack(required, packages));
  return unreadable ? [unreadable, ...lacks] : lacks;
}

function serviceLack({ service, what, cause }: ServiceRequirement, packages: string[]): Lack {
  return { what, cause, remedy: remedyFor(service.packages['apt-get'], packages) };
}

function remedyFor(wanted: string | undefined, packages: string[]): string {
  if (wanted === undefined) {
    return 'Debian has no package of it: install it by spec.image.setup, and start it in a pane';
  }
  // postgresql-16 is one too.
  const there = packages.some((name) => name.replace(/=.*$/, '').startsWith(wanted));
  return there
    ? 'it is in spec.image.packages, and not started: start it in a pane'
    : `add it, as in \`packages: [${wanted}]\` under spec.image, and start it in a pane`;
}
