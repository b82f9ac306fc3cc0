import { describe, expect, it } from 'vitest';
import { isLogFile, logFilesOf } from '../../../../src/drivers/session/basic/file-name.ts';
import { environmentOf } from '../../../../src/drivers/session/basic/holder/program.ts';
import { createRecent } from '../../../../src/drivers/session/basic/holder/recent.ts';
import { createLineReader } from '../../../../src/drivers/session/line-reader.ts';

describe('files of panes', () => {
  const long = 'x'.repeat(500);
  const names = ['dev', 'Dev', 'a.b', 'a_b', 'a/b', '..', '../../etc/passwd', '', '-rf', 'ü', long, `${long}y`, 'a\nb'];

  it('are in their directory, whatever the names, and never the same', () => {
    const files = names.flatMap((session) => names.map((pane) => logFilesOf('/logs', session, pane).current));
    expect(new Set(files).size).toBe(names.length ** 2);
    files.forEach((file) => expect(file).toMatch(/^\/logs\/\w[\w-]*\.\w[\w-]*\.log$/));
    files.forEach((file) => expect(file.length).toBeLessThan(200));
  });

  it('are told from others', () => {
    const { current, previous } = logFilesOf('', 'app.feat', 'dev');
    expect([current, previous].map(isLogFile)).toEqual([true, true]);
    expect(['notes.log', 'a.b.log.2', 'a.b.txt', 'dual.db'].map(isLogFile)).toEqual([false, false, false, false]);
  });
});

describe('the last bytes', () => {
  it('are what came last, in pieces of any size', () => {
    const text = Array.from({ length: 300 }, (_, index) => `${index},`).join('');
    for (const size of [1, 3, 7, 10, 64, 5000]) {
      const recent = createRecent(10);
      for (let at = 0; at < text.length; at += size) recent.push(Buffer.from(text.slice(at, at + size)));
      expect(recent.bytes().toString()).toBe(text.slice(-10));
      expect(recent.isCut()).toBe(true);
    }
  });

  it('are all there is at first', () => {
    const recent = createRecent(10);
    expect(recent.bytes().toString()).toBe('');
    recent.push(Buffer.from('abc'));
    recent.push(Buffer.from('defghij'));
    expect([recent.bytes().toString(), recent.isCut()]).toEqual(['abcdefghij', false]);
  });
});

describe('lines of what a terminal shows', () => {
  it('take back what was erased, and leave out what cannot be seen', () => {
    const reader = createLineReader();
    expect(reader.push(Buffer.from('lx\b\u001b[Ks\u0007 -l\r\n\u001b]0;title\u0007$ '))).toEqual(['ls -l\n']);
    expect(reader.end()).toEqual(['$ ']);
  });

  it('are not those of another screen, wherever what was written is cut', () => {
    const text = 'one\r\ntw\u001b[?1049hdrawn\r\nlines\r\n\u001b[2Kx\u001b[?1049l\u001b[?25ho\r\n';
    for (let cut = 0; cut <= text.length; cut++) {
      const reader = createLineReader();
      const pieces = [text.slice(0, cut), text.slice(cut)].flatMap((piece) => reader.push(Buffer.from(piece)));
      expect([...pieces, ...reader.end()]).toEqual(['one\n', 'two\n']);
    }
    const reader = createLineReader();
    expect([...text].flatMap((piece) => reader.push(Buffer.from(piece)))).toEqual(['one\n', 'two\n']);
  });

  it('come in pieces when they do not end, and are not kept where they are overwritten', () => {
    const reader = createLineReader();
    const progress = Buffer.from('working 10%\r');
    expect(Array.from({ length: 20_000 }, () => reader.push(progress)).flat()).toEqual([]);
    expect(reader.push(Buffer.from('done\n'))).toEqual(['done\n']);
    const pieces = Array.from({ length: 20 }, () => reader.push(Buffer.alloc(10_000, 'x'))).flat();
    expect(pieces.length).toBeGreaterThan(1);
    expect([...pieces, ...reader.end()].join('')).toBe('x'.repeat(200_000));
  });
});

describe('the environment of a program', () => {
  it('says nothing of another terminal', () => {
    const env = { PATH: '/bin', COLUMNS: '10', TMUX: '/x', TERM: 'dumb', PWD: '/elsewhere' };
    expect(environmentOf(env, { cwd: '/w', session: '/s:app' })).toEqual({
      PATH: '/bin',
      TERM: 'xterm-256color',
      PWD: '/w',
      DUAL_SESSION: '/s:app',
    });
  });
});
