/** Absolute, as in the first line of the scripts: whatever a user has in PATH. */
export const PERL = '/usr/bin/perl';
/** Before the script, as in the first line of the scripts: no code is loaded that PERL5LIB or PERL5OPT name, which a repo may have set. */
export const PERL_OPTIONS = ['-tX'] as const;
