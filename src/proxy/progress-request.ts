/** What the script of a page asks by: for the same URL, with this header. Its value is the `live` of the page. */
export const PROGRESS_HEADER = 'Dual-Progress';
export const PROGRESS_TYPE = 'application/x-dual-progress';

/** What is waited for, by the header's value; undefined for a request that is meant for the workspace. */
export function progressWanted(method: string, value: string | undefined): 'arrival' | 'return' | undefined {
  return method === 'GET' && (value === 'arrival' || value === 'return') ? value : undefined;
}
