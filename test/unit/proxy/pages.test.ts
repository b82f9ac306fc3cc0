import { describe, expect, it } from 'vitest';
import { deadPortPage, notRunningPage, unknownHostPage } from '../../../src/proxy/pages.ts';
import { escapeHtml, renderHtml, renderText } from '../../../src/proxy/render-page.ts';

const hostile = `<script>alert(1)</script>"'&\u001b]0;x\u0007\r\n\u202e`;

const route = (phase: string): Parameters<typeof notRunningPage>[0] => ({
  workspace: 'one',
  ports: [80, 3000],
  state: { phase, message: hostile },
});

describe('pages', () => {
  const pages = [
    notRunningPage(route(hostile)),
    deadPortPage(route('Ready'), 3000, hostile),
    unknownHostPage(hostile, 3000, ['one']),
  ];

  it('escape all that they are given in HTML', () => {
    for (const html of pages.map(renderHtml)) {
      expect(html).not.toContain('<script');
      expect(html).not.toMatch(/[\u001b\u0007\u202e\r]/);
      expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;');
      expect(html).not.toMatch(/ (src|onclick|onload)=/);
    }
  });

  it('are one line without control characters as text', () => {
    for (const text of pages.map(renderText)) expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('say what helps in that phase', () => {
    expect(renderText(notRunningPage(route('Stopped')))).toContain('Try: dual start one');
    expect(renderText(notRunningPage(route('Lazy')))).toContain('Try: dual attach one');
    expect(renderText(notRunningPage(route('Building')))).toContain('Try: dualctl describe workspace one');
  });

  it('leave out the port that a browser leaves out', () => {
    expect(deadPortPage(route('Ready'), 3000, '').links).toEqual(['http://one.localhost/']);
  });
});

describe('escapeHtml', () => {
  it('leaves plain text as it is', () => expect(escapeHtml('zwölf 🙂 = 12')).toBe('zwölf 🙂 = 12'));
});
