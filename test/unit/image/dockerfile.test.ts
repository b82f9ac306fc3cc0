import { describe, expect, it } from 'vitest';
import { instructions, renderDockerfile } from '../../../src/image/dockerfile.ts';
import type { ImagePlan } from '../../../src/image/builder.ts';

type Inputs = Pick<ImagePlan, 'base' | 'packages' | 'setup' | 'tools'>;

const plain: Inputs = { base: 'debian:bookworm-slim', packages: [], setup: [], tools: [] };

function rendered(changes: Partial<Inputs>, certificates = false): string {
  return renderDockerfile(instructions({ ...plain, ...changes }, { certificates }));
}

describe('the generated Dockerfile', () => {
  it('goes from what changes least to what changes most', () => {
    const text = rendered(
      {
        packages: ['imagemagick'],
        setup: ['make tools'],
        tools: [
          { name: 'node', version: '22.11.0', cause: '.nvmrc' },
          { name: 'pnpm', version: '9.15.4', cause: 'package.json' },
        ],
      },
      true,
    );
    const order = [
      'FROM debian:bookworm-slim',
      'COPY certificates/',
      'procps',
      'COPY node/',
      'COPY pnpm/',
      'imagemagick',
      'make tools',
    ];
    const places = order.map((part) => text.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(text).toContain('# installing pnpm 9.15.4\nCOPY pnpm/ /usr/local/');
    expect(text).toContain('ENV npm_config_store_dir=/var/tmp/pnpm-store');
  });

  it('trusts nothing more where the host does not', () => {
    expect(rendered({})).not.toMatch(/certificates\/|NODE_EXTRA_CA_CERTS/);
    expect(rendered({}, true)).toContain('NODE_EXTRA_CA_CERTS=');
  });

  it('is the same in its common part for projects that differ in tools, packages and setup', () => {
    const commonOf = (changes: Partial<Inputs>): string[] =>
      instructions({ ...plain, ...changes }, { certificates: true })
        .filter((step) => step.common)
        .map((step) => step.text);
    expect(
      commonOf({ setup: ['x'], packages: ['jq'], tools: [{ name: 'node', version: '1.2.3', cause: '' }] }),
    ).toEqual(commonOf({}));
  });

  it.each([
    'echo hi\nRUN evil',
    'echo "]\nFROM evil',
    'a \\\nb',
    '# x',
    'cat <<EOF\nRUN evil\nEOF',
    'echo ${HOME} $(id)',
  ])('keeps the setup step %j one instruction', (command) => {
    const text = rendered({ setup: [command] });
    expect(text.match(/^(RUN|FROM|COPY|ENV|USER)/gm)).toHaveLength(
      rendered({ setup: ['true'] }).match(/^(RUN|FROM|COPY|ENV|USER)/gm)?.length ?? 0,
    );
    const line = text.split('\n').find((candidate) => candidate.startsWith('RUN ["'));
    expect(JSON.parse(line?.slice('RUN '.length) ?? '')).toEqual(['/bin/sh', '-c', command]);
  });

  it.each(['debian\nRUN evil', 'debian AS x', '${IMAGE}', '--platform=x debian', ''])('refuses the base %j', (base) => {
    expect(() => rendered({ base })).toThrow(/spec\.image\.base/);
  });

  it.each(['jq\nRUN evil', 'jq; id', '-o=x', '$(id)', 'jq && id', ''])('refuses the package %j', (name) => {
    expect(() => rendered({ packages: [name] })).toThrow(/spec\.image\.packages/);
  });
});
