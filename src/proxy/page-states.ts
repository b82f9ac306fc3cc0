import { REASON, STALLED } from '../api/conditions.ts';
import type { Description } from './routes.ts';

/** How a workspace that does not run is told of. */
export interface PageState {
  /** After its name. */
  title: string;
  text: string;
  /** Whether it will run without anybody's doing. */
  coming: boolean;
  /** A command that takes the workspace's name, and what it does. */
  remedy?: { command: string; purpose: string };
}

const START = { command: 'dual start', purpose: 'starts it' };
const WAKE = { command: 'dual attach', purpose: 'makes it real' };

const STATES: Record<string, PageState> = {
  Pending: { title: 'waits for its project', text: 'It is made as soon as its project is there.', coming: true },
  Cloning: { title: 'is being cloned', text: 'Its repository is being fetched.', coming: true },
  Building: { title: 'is being built', text: 'What its machine needs is being put together.', coming: true },
  Starting: { title: 'is starting', text: 'Its machine and its panes are being started.', coming: true },
  Ready: { title: 'is out of reach', text: 'It runs, and is being looked for.', coming: true },
  Degraded: { title: 'is impaired', text: 'A part of it does not work; it is tried again.', coming: true },
  Lazy: {
    title: 'is being made real',
    text: 'This is its first use: it is being made now, because of this request.',
    coming: true,
  },
  Stopped: { title: 'is stopped', text: 'It stays so until somebody starts it.', coming: false, remedy: START },
  Terminating: {
    title: 'is being deleted',
    text: 'Work of it that exists nowhere else is kept.',
    coming: false,
  },
};

const UNKNOWN: PageState = { title: 'is not running', text: 'It is looked at again by itself.', coming: true };

const ASLEEP: PageState = {
  title: 'is not made yet',
  text: 'Nobody has used it yet, and what another site asks for does not count: open it yourself.',
  coming: false,
  remedy: WAKE,
};

/** @param woken whether the request at hand makes a Lazy one real */
export function stateOf({ phase, conditions }: Description, woken: boolean): PageState {
  if (conditions.some(({ type, status }) => type === STALLED && status === 'True')) {
    return {
      title: 'cannot be started',
      text: 'It is not tried again until what is said here has been put right.',
      coming: false,
    };
  }
  if (phase === 'Lazy' && !woken) return ASLEEP;
  const state = STATES[phase] ?? UNKNOWN;
  const failed = state.coming && conditions.some((condition) => lookOf(condition) === 'failed');
  return failed ? { ...state, text: 'The last attempt failed. It is tried again by itself.' } : state;
}

/** How far a condition has come. */
export type Look = 'done' | 'busy' | 'waiting' | 'failed' | 'off';

/** Reasons of conditions that are not true and yet nothing is wrong. */
const LOOKS: Record<string, Look> = {
  [REASON.cloning]: 'busy',
  [REASON.building]: 'busy',
  [REASON.starting]: 'busy',
  [REASON.progressing]: 'busy',
  [REASON.retrying]: 'busy',
  [REASON.waiting]: 'waiting',
  [REASON.stopped]: 'off',
  [REASON.lazy]: 'off',
  [REASON.terminating]: 'off',
};

export function lookOf({ status, reason }: Description['conditions'][number]): Look {
  if (status === 'True') return 'done';
  return LOOKS[reason] ?? (status === 'False' ? 'failed' : 'waiting');
}
