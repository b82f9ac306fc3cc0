import { STALLED } from '../api/conditions.ts';
import { lookOf, type Look } from './page-states.ts';
import type { Command, Page } from './pages.ts';

/** What a page shows, ready to be put into a document or on a line: no character in it does anything. */
export interface PageView {
  title: string;
  state: string;
  text: string;
  conditions: ConditionView[];
  linksTitle: string;
  /** URLs. */
  links: string[];
  commands: Command[];
}

export interface ConditionView {
  type: string;
  look: Look;
  mark: string;
  word: string;
  /** Reason, and message where it says more than what is told anyway. */
  detail: string;
}

/** The whole of it is told by `dualctl describe`. */
const LONGEST = 1_200;

/** Neither colour nor mark tells alone. */
const LOOKS: Record<Look, { mark: string; word: string }> = {
  done: { mark: '✓', word: 'done' },
  busy: { mark: '●', word: 'under way' },
  waiting: { mark: '○', word: 'waiting' },
  failed: { mark: '✕', word: 'failed' },
  off: { mark: '–', word: 'not there' },
};

/** @param secure whether links are to be https, as what was asked for is */
export function viewOf(page: Page, secure: boolean): PageView {
  const { title, state = '', text, conditions = [], links, commands = [] } = page;
  return {
    title: plain(title),
    state: plain(state),
    text: plain(text),
    conditions: conditions.filter(({ type }) => type !== STALLED).map((condition) => conditionView(condition, state)),
    linksTitle: plain(links?.title ?? ''),
    links: (links?.to ?? []).map(({ workspace, port }) => plain(workspaceUrl(workspace, port, secure))),
    commands: commands.map(({ command, purpose }) => ({ command: plain(command), purpose: plain(purpose) })),
  };
}

/** On one line, without what a terminal would act on, and not endless. */
function plain(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

function conditionView(condition: NonNullable<Page['conditions']>[number], state: string): ConditionView {
  const { type, reason, message } = condition;
  const look = lookOf(condition);
  const told = message === '' || state.includes(message);
  return { type: plain(type), look, ...LOOKS[look], detail: plain(told ? reason : `${reason}: ${message}`) };
}

function workspaceUrl(workspace: string, port: number, secure: boolean): string {
  const usual = secure ? 443 : 80;
  return `http${secure ? 's' : ''}://${workspace}.localhost${port === usual ? '' : `:${port}`}/`;
}
