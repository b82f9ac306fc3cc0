import { findPeers, type Connection } from './proc/connections.ts';
import { createPace } from './proc/pace.ts';
import { createSearch, type Directories } from './proc/search.ts';

export interface Peers {
  /**
   * The workspace that the connecting process belongs to: it, or an ancestor of it, stands in that one's clone. Undefined as well
   * when the process is another user's or elsewhere, and on systems other than Linux.
   */
  workspaceOf(connection: Connection, directories: Directories): Promise<string | undefined>;
}

interface Question {
  connection: Connection;
  directories: Directories;
  resolve(workspace: string | undefined): void;
  reject(error: unknown): void;
}

/**
 * Looks processes up as they are at that moment: an inode says nothing of the next connection, since it is given to another socket
 * later. Only who asks while others are being answered shares one look with all who do, which begins after all of them have asked.
 */
export function createPeers({ procDir = '/proc' }: { procDir?: string } = {}): Peers {
  const search = createSearch(procDir);
  let waiting: Question[] = [];
  let answering = false;

  async function answerAll(): Promise<void> {
    answering = true;
    while (waiting.length > 0) {
      const questions = waiting;
      waiting = [];
      await answer(questions);
    }
    answering = false;
  }

  async function answer(questions: readonly Question[]): Promise<void> {
    const connections = questions.map(({ connection }) => connection);
    // The latest are the truest.
    const directories = questions.at(-1)?.directories ?? new Map<string, string>();
    const pace = createPace();
    try {
      const inodes = await findPeers(procDir, connections, pace);
      const wanted = inodes.filter((inode) => inode !== undefined);
      const workspaces = await search(new Set(wanted), directories, pace);
      for (const [i, { resolve }] of questions.entries()) resolve(workspaces.get(inodes[i] ?? ''));
    } catch (error) {
      for (const { reject } of questions) reject(error);
    }
  }

  return {
    workspaceOf(connection, directories) {
      if (process.platform !== 'linux' || directories.size === 0) return Promise.resolve(undefined);
      return new Promise((resolve, reject) => {
        waiting.push({ connection, directories, resolve, reject });
        if (!answering) void answerAll();
      });
    },
  };
}
