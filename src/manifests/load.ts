import { LineCounter, parseAllDocuments } from 'yaml';
import type { Document } from 'yaml';
import type { KubeObject } from '../api/meta.ts';
import { checkHeader } from './check-header.ts';
import { findDuplicateKeys } from './duplicate-keys.ts';
import { lineFinder } from './positions.ts';
import type { LineFinder } from './positions.ts';
import { withAbsolutePaths } from './relative-paths.ts';
import { findDeepNesting, MAX_DEPTH } from './nesting.ts';
import { expandLists, findProblem, isMap } from './values.ts';
import type { Part, ValueProblem } from './values.ts';

/** One object that a manifest declares. */
export interface ManifestDocument {
  object: KubeObject;
  file: string;
  /** Where the object begins, counted from 1. */
  line: number;
  /** The line of a field, as in `spec.ports[0].port`; of the nearest thing around it that is there. */
  lineOf: LineFinder;
}

export interface ManifestError {
  file: string;
  line?: number;
  field?: string;
  message: string;
}

export interface LoadedManifest {
  documents: ManifestDocument[];
  errors: ManifestError[];
}

/** More is refused before it is parsed. Bytes. */
export const MAX_MANIFEST_SIZE = 1024 * 1024;

/** How many values the aliases of one document may stand for. Beyond that it is a bomb. */
const MAX_ALIASES = 50;

const TOO_DEEP = `the document is nested more than ${MAX_DEPTH} levels deep`;

/** Of the parser, about one document: what is wrong early on makes the rest look wrong too. */
const MAX_COMPLAINTS = 10;

interface Context {
  file: string;
  home: string;
}

/**
 * Reads a manifest: YAML 1.2 or JSON, many documents, `kind: List` taken apart. Gives every error there is, with its place, and
 * throws none. `~` and relative paths in fields that are paths on the host become absolute; relative means to the file.
 */
export function loadManifest(text: string, context: Context): LoadedManifest {
  if (Buffer.byteLength(text) > MAX_MANIFEST_SIZE) {
    return { documents: [], errors: [{ file: context.file, message: tooLarge(Buffer.byteLength(text)) }] };
  }
  const deepAt = findDeepNesting(withoutTabs(text));
  if (deepAt !== undefined) return { documents: [], errors: [{ file: context.file, line: deepAt, message: TOO_DEEP }] };
  const lines = new LineCounter();
  const loaded = parse(text, lines).map((document) => loadDocument(document, lines, context));
  const documents = loaded.flatMap((part) => part.documents);
  return { documents, errors: [...loaded.flatMap((part) => part.errors), ...duplicates(documents)] };
}

export function tooLarge(bytes: number): string {
  return `the file is too large: ${bytes} bytes, ${MAX_MANIFEST_SIZE} at most; split it`;
}

/** `lightfast.yaml:12: spec.branch: is required` */
export function formatManifestError({ file, line, field, message }: ManifestError): string {
  return [line === undefined ? file : `${file}:${line}`, field, message].filter(Boolean).join(': ');
}

/** The documents, with the parser's complaints in them. */
function parse(text: string, lineCounter: LineCounter): Document[] {
  const options = { version: '1.2', merge: true, uniqueKeys: false, prettyErrors: false, lineCounter } as const;
  const documents = parseAllDocuments(withoutTabs(text), options);
  return Array.isArray(documents) ? documents : [];
}

/** JSON may be indented by tabs, YAML not. In JSON no string goes over the end of a line, so nothing else is touched. */
function withoutTabs(text: string): string {
  return /^\s*[[{]/.test(text) ? text.replace(/^\t+/gm, (tabs) => ' '.repeat(tabs.length)) : text;
}

function loadDocument(document: Document, lines: LineCounter, { file, home }: Context): LoadedManifest {
  const complaints = complaintsOf(document).map(({ message, offset }) => {
    return { file, line: lines.linePos(offset).line, message };
  });
  if (complaints.length > 0) return { documents: [], errors: complaints.slice(0, MAX_COMPLAINTS) };
  const lineOf = lineFinder(document, lines);
  const fail = (message: string, field?: string): LoadedManifest => ({
    documents: [],
    errors: [{ file, line: lineOf(field ?? ''), ...(field && { field }), message }],
  });
  const value = toJson(document);
  if ('problem' in value) return fail(value.problem.message, value.problem.field);
  if (value.json === null) return { documents: [], errors: [] };
  if (!isMap(value.json)) return fail('the document is not an object with apiVersion, kind, metadata and spec');

  return together(expandLists(value.json).map((part) => loadPart(part, lineOf, { file, home })));
}

function complaintsOf(document: Document): { message: string; offset: number }[] {
  return [
    ...[...document.errors, ...document.warnings].map(({ message, pos }) => ({ message, offset: pos[0] })),
    ...findDuplicateKeys(document).map(({ key, offset }) => ({ message: `the key "${key}" is here twice`, offset })),
  ];
}

function loadPart({ value, field }: Part, lineOf: LineFinder, { file, home }: Context): LoadedManifest {
  const lineOfPart: LineFinder = (inner) => lineOf([field, inner].filter(Boolean).join('.'));
  const problems = checkHeader(value);
  if (problems.length > 0) {
    const errors = problems.map((problem) => ({ file, line: lineOfPart(problem.field ?? ''), ...problem }));
    return { documents: [], errors };
  }
  const object = withAbsolutePaths(value as unknown as KubeObject, { file, home });
  return { documents: [{ object, file, line: lineOfPart(''), lineOf: lineOfPart }], errors: [] };
}

function toJson(document: Document): { json: unknown } | { problem: ValueProblem } {
  try {
    const json: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    const problem = findProblem(json);
    return problem ? { problem } : { json };
  } catch (error) {
    // What the parser throws here is about aliases, which stand for too much, or for nothing.
    const message = aliasMessage((error as Error).message);
    return { problem: { field: '', message } };
  }
}

function aliasMessage(message: string): string {
  return /excessive alias/i.test(message)
    ? `aliases stand for more than ${MAX_ALIASES} values; write them out`
    : message;
}

function together(parts: LoadedManifest[]): LoadedManifest {
  return { documents: parts.flatMap((part) => part.documents), errors: parts.flatMap((part) => part.errors) };
}

function duplicates(documents: ManifestDocument[]): ManifestError[] {
  const first = new Map<string, number>();
  return documents.flatMap(({ object, file, line }) => {
    const what = `${object.kind} "${object.metadata.name}"`;
    const earlier = first.get(what);
    if (earlier === undefined) first.set(what, line);
    return earlier === undefined ? [] : [{ file, line, message: `${what} is declared already, on line ${earlier}` }];
  });
}
