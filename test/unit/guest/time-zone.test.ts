import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setTimeZone } from '../../../src/guest/server/time-zone.ts';

const KATHMANDU = { name: 'Asia/Kathmandu', data: Buffer.from('of the host').toString('base64') };

describe('the time zone of a machine', () => {
  let root: string;
  const at = (file: string): string => path.join(root, file);
  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'dual-'));
    mkdirSync(at('etc'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('is brought along where the image has no database of zones', () => {
    setTimeZone(KATHMANDU, root);
    expect(readlinkSync(at('etc/localtime'))).toBe('/usr/share/zoneinfo/Asia/Kathmandu');
    expect(readFileSync(at('usr/share/zoneinfo/Asia/Kathmandu'), 'utf8')).toBe('of the host');
    expect(existsSync(at('etc/timezone'))).toBe(false);
  });

  it('takes the place of UTC, from the database of the image', () => {
    mkdirSync(at('usr/share/zoneinfo/Asia'), { recursive: true });
    writeFileSync(at('usr/share/zoneinfo/Asia/Kathmandu'), 'of the image');
    writeFileSync(at('etc/timezone'), 'Etc/UTC\n');
    symlinkSync('/usr/share/zoneinfo/Etc/UTC', at('etc/localtime'));
    setTimeZone(KATHMANDU, root);
    setTimeZone(KATHMANDU, root);
    expect(readlinkSync(at('etc/localtime'))).toBe('/usr/share/zoneinfo/Asia/Kathmandu');
    expect(readFileSync(at('etc/timezone'), 'utf8')).toBe('Asia/Kathmandu\n');
    expect(readFileSync(at('usr/share/zoneinfo/Asia/Kathmandu'), 'utf8')).toBe('of the image');
  });

  it('is written through no link of the image', () => {
    mkdirSync(at('shared'));
    writeFileSync(at('shared/timezone'), 'of the host');
    symlinkSync(at('shared/timezone'), at('etc/timezone'));
    mkdirSync(at('usr/share/zoneinfo/Asia'), { recursive: true });
    symlinkSync(at('shared/new'), at('usr/share/zoneinfo/Asia/Kathmandu'));
    setTimeZone(KATHMANDU, root);
    expect(readdirSync(at('shared'))).toEqual(['timezone']);
    expect(readFileSync(at('shared/timezone'), 'utf8')).toBe('of the host');
    expect(readFileSync(at('etc/timezone'), 'utf8')).toBe('Asia/Kathmandu\n');
    expect(readFileSync(at('usr/share/zoneinfo/Asia/Kathmandu'), 'utf8')).toBe('of the host');
  });

  it.each(['usr/share/zoneinfo', 'etc'])('is not set where %s is a link', (dir) => {
    mkdirSync(at('shared'));
    mkdirSync(at('usr/share'), { recursive: true });
    rmSync(at(dir), { recursive: true, force: true });
    symlinkSync(at('shared'), at(dir));
    expect(() => setTimeZone(KATHMANDU, root)).toThrow(`${at(dir)} is a link`);
    expect(readdirSync(at('shared'))).toEqual([]);
  });

  it('is left alone where the image has chosen one', () => {
    symlinkSync('/usr/share/zoneinfo/Europe/Berlin', at('etc/localtime'));
    setTimeZone(KATHMANDU, root);
    expect(readlinkSync(at('etc/localtime'))).toBe('/usr/share/zoneinfo/Europe/Berlin');
    rmSync(at('etc/localtime'));
    writeFileSync(at('etc/localtime'), 'some zone');
    setTimeZone(KATHMANDU, root);
    expect(readFileSync(at('etc/localtime'), 'utf8')).toBe('some zone');
  });
});
