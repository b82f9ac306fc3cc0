import type { Tool } from './builder.ts';

/** What a repo asks for, before it is resolved to an exact version. */
export interface Requirement {
  tool: Tool['name'];
  /** A semver range, or one exact version. */
  range: string;
  /** Among the versions in the range, those in this one come first. */
  prefer?: string;
  /** The text that asked for it, for messages. */
  asked: string;
  /** The file that asked for it, relative to the repo. */
  cause: string;
}

/** Texts of those of the relevant files that are there, by path relative to the repo. */
export type RepoFiles = ReadonlyMap<string, string>;

export interface RelevantFile {
  path: string;
  /** How much of it is needed, in bytes: all of it, which must not be more than `limit`, or its beginning. */
  limit: number;
  headOnly: boolean;
}
