import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto';
import type { Extension, Name } from '@peculiar/asn1-x509';
import { asn1 } from './asn1.ts';

export interface CertificateSpec {
  subject: Name;
  issuer: Name;
  /** Milliseconds since the epoch; certificates know whole seconds. */
  validity: { from: number; to: number };
  publicKey: KeyObject;
  /** The issuer's, on the curve P-256. */
  signingKey: KeyObject;
  extensions: Extension[];
}

/** ecdsa-with-SHA256, RFC 5758. */
const SIGNATURE_ALGORITHM = '1.2.840.10045.4.3.2';

/** Certificates with too short a serial number are refused by some; the top bits keep it positive and of full length. */
function serialNumber(): ArrayBuffer {
  const bytes = new Uint8Array(randomBytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.buffer;
}

/** A signed certificate of version 3, PEM. */
export function issueCertificate(spec: CertificateSpec): string {
  const { schema, x509 } = asn1();
  const algorithm = new x509.AlgorithmIdentifier({ algorithm: SIGNATURE_ALGORITHM });
  const tbsCertificate = new x509.TBSCertificate({
    version: x509.Version.v3,
    serialNumber: serialNumber(),
    signature: algorithm,
    issuer: spec.issuer,
    validity: new x509.Validity({ notBefore: new Date(spec.validity.from), notAfter: new Date(spec.validity.to) }),
    subject: spec.subject,
    subjectPublicKeyInfo: publicKeyInfo(spec.publicKey),
    extensions: new x509.Extensions(spec.extensions),
  });
  const signature = sign('sha256', Buffer.from(schema.AsnConvert.serialize(tbsCertificate)), spec.signingKey);
  const certificate = new x509.Certificate({
    tbsCertificate,
    signatureAlgorithm: algorithm,
    signatureValue: exactly(signature),
  });
  return pem(Buffer.from(schema.AsnConvert.serialize(certificate)));
}

/** Subject or issuer: these attributes, in that order. */
export function distinguishedName(attributes: [type: 'O' | 'CN', value: string][]): Name {
  const { x509 } = asn1();
  const types = { O: '2.5.4.10', CN: '2.5.4.3' };
  return new x509.Name(
    attributes.map(([type, value]) => {
      const attribute = { type: types[type], value: new x509.AttributeValue({ utf8String: value }) };
      return new x509.RelativeDistinguishedName([new x509.AttributeTypeAndValue(attribute)]);
    }),
  );
}

/** @param value its ASN.1 value, or the DER encoding of it */
export function extension(extnID: string, value: object, critical = false): Extension {
  const { schema, x509 } = asn1();
  return new x509.Extension({
    extnID,
    critical,
    extnValue: new schema.OctetString(schema.AsnConvert.serialize(value)),
  });
}

/** By which certificates refer to a key: the first 20 bytes of its SHA-256, RFC 7093. */
export function keyIdentifier(publicKey: KeyObject): ArrayBuffer {
  const { subjectPublicKey } = publicKeyInfo(publicKey);
  return exactly(createHash('sha256').update(Buffer.from(subjectPublicKey)).digest().subarray(0, 20));
}

type PublicKeyInfo = InstanceType<ReturnType<typeof asn1>['x509']['SubjectPublicKeyInfo']>;

function publicKeyInfo(publicKey: KeyObject): PublicKeyInfo {
  const { schema, x509 } = asn1();
  return schema.AsnConvert.parse(publicKey.export({ type: 'spki', format: 'der' }), x509.SubjectPublicKeyInfo);
}

/** A Buffer may be a view into a larger piece of memory. */
function exactly(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
