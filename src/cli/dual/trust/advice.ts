import type { Authority } from '../../../proxy/tls/authority.ts';
import { CliError } from '../../shared/errors.ts';
import { quote } from '../quote.ts';
import type { Remainder } from './change-stores.ts';

/** For programs that ask no store of the system's. @param bundle file with all that the system trusts, the authority among it */
export function adviceForTools({ file }: Authority, bundle: string | undefined): string {
  const own = quote(file);
  // This variable names all that is trusted, not what is to be added.
  const python = bundle === undefined ? `${own}   (and nothing else, then)` : quote(bundle);
  return [
    'HTTPS is on, on the same ports: https://{workspace}.localhost:{port}. Browsers that are open have to be started again.',
    'What goes by certificates of its own has to be told:',
    `  Node     export NODE_EXTRA_CA_CERTS=${own}`,
    `  curl     curl --cacert ${own} https://...`,
    `  Python   export REQUESTS_CA_BUNDLE=${python}`,
  ].join('\n');
}

/** @throws CliError that lists what remains, when something does */
export function refuseRemainder(remaining: Remainder[], what: { problem: string; after: string }): void {
  if (remaining.length === 0) return;
  const lines = remaining.flatMap(({ store, reason, commands }) => [
    `  ${store}: ${reason}`,
    ...commands.map((command) => `    ${command}`),
  ]);
  throw new CliError([`${what.problem}. What remains:`, ...lines, what.after].join('\n'));
}
