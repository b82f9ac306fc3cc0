import { createRequire } from 'node:module';
import type * as schema from '@peculiar/asn1-schema';
import type * as x509 from '@peculiar/asn1-x509';

/** What certificates are written with: the types of RFC 5280, and their encoding. */
export interface Asn1 {
  schema: typeof schema;
  x509: typeof x509;
}

let loaded: Asn1 | undefined;

/** Loaded when the first certificate is made, and in one go: whoever waits for it is in the middle of a handshake. */
export function asn1(): Asn1 {
  loaded ??= load();
  return loaded;
}

function load(): Asn1 {
  const require = createRequire(import.meta.url);
  return {
    schema: require('@peculiar/asn1-schema') as typeof schema,
    x509: require('@peculiar/asn1-x509') as typeof x509,
  };
}
