// No source file is over 400 lines; generated ones are left out.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const LIMIT = 400;
const root = path.resolve(import.meta.dirname, '../..');

const tooLong = ['src', 'controllers', 'test', 'hack']
  .flatMap((dir) => readdirSync(path.join(root, dir), { recursive: true }).map((file) => path.join(dir, file)))
  .filter((file) => /\.(ts|mjs|cjs|pl|sh|bash|zsh|fish)$/.test(file) && !file.includes('/generated/'))
  .map((file) => ({ file, lines: readFileSync(path.join(root, file), 'utf8').split('\n').length - 1 }))
  .filter(({ lines }) => lines > LIMIT);

for (const { file, lines } of tooLong) console.error(`${file}: ${lines} lines, ${LIMIT} at most`);
process.exitCode = tooLong.length === 0 ? 0 : 1;
