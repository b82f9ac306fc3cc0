import { expect, it } from 'vitest';
import { accessJson, accessLine } from '../../../../src/cli/dual/access-line.ts';
import type { AccessEntry } from '../../../../src/proxy/access-log.ts';

const entry: AccessEntry = {
  time: '2026-01-02T03:04:05.678Z',
  workspace: 'shop-main',
  port: 3000,
  client: '127.0.0.1',
  method: 'GET',
  target: '/cart?id=1',
  host: 'shop-main.localhost:3000',
  status: 200,
  duration: 12.4,
  bytesIn: 120,
  bytesOut: 5120,
};

it('is one line for people', () => {
  expect(accessLine(entry)).toBe(
    '2026-01-02T03:04:05.678Z shop-main:3000 127.0.0.1 "GET /cart?id=1" 200 12ms in=120 out=5120',
  );
});

it('says what came of a request that was not answered, and of a plain connection', () => {
  const { status, ...without } = entry;
  expect(accessLine({ ...without, note: 'the service went away' })).toMatch(
    /" - 12ms in=120 out=5120 \(the service went away\)$/,
  );
  expect(accessLine({ ...without, method: 'TCP', target: '', port: 5432 })).toMatch(
    /shop-main:5432 127.0.0.1 "TCP" - /,
  );
  expect(status).toBe(200);
});

it("says which host was asked for when that was no workspace's", () => {
  const { workspace, ...without } = entry;
  expect(accessLine({ ...without, host: 'evil.example', status: 404 })).toMatch(
    /Z -:3000 .* 404 .* host="evil.example"$/,
  );
  expect(workspace).toBe('shop-main');
});

const HOSTILE = [
  ['\u001b[2J', '\\u001b[2J'],
  ['a\r\nb\tc\u0000', 'a\\u000d\\u000ab\\u0009c\\u0000'],
  ['\u007f\u009b31m', '\\u007f\\u009b31m'],
  ['\u202egnp.exe\u2066\u2028', '\\u202egnp.exe\\u2066\\u2028'],
  ['\u{e0041}', '\\udb40\\udc41'],
  ['" 200 "\\', '\\" 200 \\"\\\\'],
];

it.each(HOSTILE)('does nothing to the terminal: %j', (text, shown) => {
  const { workspace: _, ...hostile } = { ...entry, target: `/${text}`, host: text, method: text, note: text };
  const line = accessLine(hostile);
  expect(line).not.toMatch(/[\p{Cc}\p{Cf}\u2028]/u);
  expect(line).toContain(`"${shown} /${shown}"`);
  expect(line).toContain(`host="${shown}" (${shown})`);
  expect(accessJson(hostile)).not.toMatch(/[\p{Cc}\p{Cf}\u2028]/u);
  expect(JSON.parse(accessJson(hostile))).toEqual(hostile);
});
