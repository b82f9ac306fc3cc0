/** Durations and ages as kubectl prints them, the same as in the server's tables. */
export { age as formatAge, humanDuration as formatDuration } from '../../apiserver/served/age.ts';
