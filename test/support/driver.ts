/** What the end-to-end tests run on: containers with tmux, or sandboxes with sessions of the backend `basic`. */
export const DRIVER = process.env['DUAL_TEST_DRIVER'] === 'sandbox' ? 'sandbox' : 'docker';
export const BACKEND = DRIVER === 'docker' ? 'tmux' : 'basic';
