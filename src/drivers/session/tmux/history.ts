/** What a pane has shown before it is followed, asked for by the client that follows it, so that what comes next follows on it. */
export interface History {
  /** Of the client, after those that attach it. */
  args: readonly string[];
  /**
   * Takes what the client prints, one character per byte. Gives the history when it is complete: its lines, and of the one that
   * the pane is writing what is there.
   */
  take(line: string): string | undefined;
  /** Whether there is no more of it to come. */
  isOver(): boolean;
}

const NONE: History = { args: [], take: () => undefined, isOver: () => true };

/** The answers of the client: to attaching, to the question for the cursor, and the history. */
const ANSWERS = 3;

export function createHistory(pane: { id: string; running: boolean }, lines: number): History {
  if (lines === 0) return NONE;
  const answers: string[][] = [];
  /** Of the answer that is being given; tmux says it at its beginning and its end. */
  let guard: string | undefined;

  const isOver = (): boolean => guard === undefined && answers.length >= ANSWERS;
  return {
    args: [
      ...[';', 'display-message', '-p', '-t', pane.id, '#{pane_height} #{cursor_y}'],
      ...[';', 'capture-pane', '-p', '-J', '-S', `-${lines}`, '-t', pane.id],
    ],
    take(line) {
      if (isOver()) return undefined;
      if (guard === undefined) {
        if (!line.startsWith('%begin ')) return undefined;
        guard = line.slice('%begin '.length);
        answers.push([]);
      } else if (line === `%end ${guard}` || line === `%error ${guard}`) {
        // What went wrong is not what the pane has shown.
        if (line.startsWith('%error ')) answers[answers.length - 1] = [];
        guard = undefined;
      } else {
        answers.at(-1)?.push(line);
      }
      return isOver() ? historyOf(answers, pane) : undefined;
    },
    isOver,
  };
}

/** Up to the cursor: the rows of the screen below it are empty, and the line in which it is goes on. */
function historyOf([, [position = ''] = [], shown = []]: string[][], pane: { running: boolean }): string {
  if (!pane.running)
    return withoutNotice(shown, pane)
      .map((line) => `${line.trimEnd()}\n`)
      .join('');
  const [height = 0, cursor = 0] = position.split(' ').map(Number);
  const lines = shown.slice(0, Math.max(shown.length - (height - 1 - cursor), 0));
  const last = lines.pop() ?? '';
  return [...lines.map((line) => line.trimEnd()), last].join('\n');
}

/** Without the empty rows at the end, and what tmux writes into a pane whose command has ended. */
export function withoutNotice(shown: readonly string[], { running }: { running: boolean }): string[] {
  const isNotice = (line: string): boolean => line.trim() === '' || (!running && line.startsWith('Pane is dead ('));
  let end = shown.length;
  while (end > 0 && isNotice(shown[end - 1] ?? '')) end -= 1;
  return shown.slice(0, end);
}
