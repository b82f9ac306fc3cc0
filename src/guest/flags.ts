/**
 * For the command line of the guest's Node: its own notices stay out of the machine's log. No flags of V8's: with any of them it
 * does not take the code that it comes with, and starts 50 ms later; smaller heaps were no smaller in use.
 */
export const GUEST_NODE_FLAGS: readonly string[] = ['--no-warnings'];
