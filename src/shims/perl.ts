/** Absolute, as in the first line of the scripts: whatever a user has in PATH. */
export const PERL = '/usr/bin/perl';
