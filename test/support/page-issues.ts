import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const SCRIPT = readFileSync(new URL('in-page/page-issues.js', import.meta.url), 'utf8');

/** What keeps some people from using a page: structure, contrast, width. */
export function pageIssues(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(SCRIPT);
}
