import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workspaceTmpDir } from '../../src/config/paths.ts';
import type { Container } from '../../src/drivers/container/driver.ts';
import { machineSpec, run } from './container-driver.contract.ts';
import type { DriverHarness } from './container-driver.contract.ts';

/** Prints those of the paths that somebody answers at. */
const REACH = ['perl', '-MIO::Socket::UNIX', '-e', 'IO::Socket::UNIX->new(Peer => $_) && print "$_\\n" for @ARGV'];
/** Makes a socket and leaves it behind. */
const BIND = [
  'perl',
  '-MIO::Socket::UNIX',
  '-e',
  'IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 1) or die $!; print "bound"',
];

/** What /tmp is in the machines of every ContainerDriver; `clones` in the harness's root is hidden. */
export function sharedTmpContract(name: string, make: () => Promise<DriverHarness>): void {
  describe(`/tmp of a machine: ${name}`, () => {
    let harness: DriverHarness;
    let dir: string;
    const servers: net.Server[] = [];
    const made: string[] = [];
    const inside = async (machine: Container, ...argv: string[]): Promise<string> => (await run(machine, argv)).output;
    const directory = async (prefix: string): Promise<string> => {
      made.push(await mkdtemp(prefix));
      return made.at(-1)!;
    };

    async function listen(socket: string): Promise<string> {
      const server = net.createServer((connection) => connection.destroy());
      servers.push(server);
      server.listen(socket);
      await once(server, 'listening');
      return socket;
    }

    beforeAll(async () => {
      harness = await make();
      dir = await directory('/tmp/dual-t');
    });
    afterAll(async () => {
      await harness?.close();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
      for (const file of made) await rm(file, { recursive: true });
    });

    it("is the host's: what is written on one side runs on the other, as it is", async () => {
      const script = path.join(dir, '.from-host');
      await writeFile(script, '#!/bin/sh\necho "ran $1"\n', { mode: 0o751 });
      const spec = await machineSpec(harness);
      const machine = await harness.driver.ensure(spec);
      expect(await inside(machine, script, 'inside')).toBe('ran inside\n');
      expect(await inside(machine, 'stat', '-c', '%a %u', '/tmp', script)).toBe(
        `1777 ${(await stat('/tmp')).uid}\n751 ${spec.user.uid}\n`,
      );
      const back = path.join(dir, 'from-machine');
      await inside(machine, 'sh', '-c', 'printf "#!/bin/sh\\necho back\\n" >"$1"; chmod 755 "$1"', 'sh', back);
      expect(execFileSync(back, { encoding: 'utf8' })).toBe('back\n');
      expect((await lstat(back)).uid).toBe(spec.user.uid);
      await harness.driver.remove(spec.owner.uid);
    });

    it('has no socket of the host in it that is there when the machine starts', async () => {
      await mkdir(path.join(dir, 'a/b/c/d'), { recursive: true });
      const agent = path.join(await directory('/tmp/ssh-'), 'agent.1');
      const sockets = ['s', 'a/s', 'a/b/s', 'a/b/c/d/s'].map((file) => path.join(dir, file));
      for (const socket of [...sockets, `${dir}.sock`, agent]) await listen(socket);
      const own = tmux('-L', path.basename(dir), '-f', '/dev/null', 'new-session', '-d', '-P', '-F', '#{socket_path}');
      const all = [...sockets, `${dir}.sock`, agent, own];
      expect(reached(all)).toEqual(all);
      const spec = await machineSpec(harness);
      const machine = await harness.driver.ensure(spec);
      expect(await inside(machine, ...REACH, ...all)).toBe('');
      expect(await inside(machine, 'ls', '-A', path.dirname(agent), path.dirname(own))).not.toContain('.1');
      await inside(machine, 'rm', '-rf', ...all);
      expect(reached(all)).toEqual(all);
      await harness.driver.remove(spec.owner.uid);
      expect(reached(all)).toEqual(all);
      tmux('-L', path.basename(dir), 'kill-server');
    });

    it('has directories for sockets that are its own, empty and open to all', async () => {
      const specs = [await machineSpec(harness), await machineSpec(harness)];
      const socket = `/tmp/.X11-unix/X-${path.basename(dir)}`;
      for (const spec of specs) {
        const machine = await harness.driver.ensure(spec);
        expect(
          await inside(machine, 'sh', '-c', 'stat -c %a /tmp/.X11-unix /tmp/.ICE-unix; ls -A /tmp/.X11-unix'),
        ).toBe('1777\n1777\n');
        expect(await inside(machine, ...BIND, socket)).toBe('bound');
      }
      expect(existsSync(socket)).toBe(false);
      expect((await stat('/tmp/.X11-unix')).mode & 0o7777).toBe(0o1777);
      for (const { owner } of specs) await harness.driver.remove(owner.uid);
    });

    it("hides what is Dual's own in it, other clones among that, and shows the worktree", async () => {
      const clones = path.join(harness.root, 'clones');
      for (const clone of ['mine', 'other']) {
        await mkdir(path.join(clones, clone), { recursive: true });
        await writeFile(path.join(clones, clone, 'file'), clone);
      }
      await mkdir(path.join(harness.root, 'state'), { recursive: true });
      await writeFile(path.join(harness.root, 'state/secret'), 'secret');
      const spec = await machineSpec(harness, { worktree: path.join(clones, 'mine') });
      const machine = await harness.driver.ensure(spec);
      const look =
        'ls "$1/clones" "$1/state" 2>&1; cat "$1/clones/mine/file"; echo x >"$1/state/x"; echo x >"$1/clones/mine/new"';
      expect(await inside(machine, 'sh', '-c', `(${look}) 2>/dev/null`, 'sh', harness.root)).toBe(
        `${clones}:\nmine\n\n${harness.root}/state:\nmine`,
      );
      expect([
        existsSync(path.join(harness.root, 'state/x')),
        await readFile(path.join(clones, 'mine/new'), 'utf8'),
      ]).toEqual([false, 'x\n']);
      await harness.driver.remove(spec.owner.uid);
      await rm(clones, { recursive: true });
    });

    it("has its workspace's own directory in it, in which names can be used again, and not that of another", async () => {
      const [spec, other] = [await machineSpec(harness), await machineSpec(harness)];
      for (const { owner } of [spec, other]) {
        made.push(workspaceTmpDir(owner.uid));
        await mkdir(workspaceTmpDir(owner.uid), { mode: 0o700 });
        await writeFile(path.join(workspaceTmpDir(owner.uid), 'file'), 'text');
      }
      const own = workspaceTmpDir(spec.owner.uid);
      const socket = path.join(own, '123.pipe');
      const bindAgain = ['sh', '-c', 'rm -f "$0" && exec "$@"', socket, ...BIND, socket];
      for (let start = 0; start < 2; start += 1) {
        const machine = await harness.driver.ensure(spec);
        expect(await inside(machine, ...bindAgain)).toBe('bound');
        expect(await inside(machine, 'ls', own)).toBe('123.pipe\nfile\n');
        expect(await inside(machine, 'ls', workspaceTmpDir(other.owner.uid))).toBe('');
        await harness.driver.stop(spec.owner.uid);
      }
      await harness.driver.remove(spec.owner.uid);
    });

    it("is the machine's own where it is private", async () => {
      await writeFile(path.join(dir, 'note'), 'of the host');
      const spec = await machineSpec(harness, { tmp: 'private' });
      const machine = await harness.driver.ensure(spec);
      const note = `/tmp/${path.basename(dir)}-inside`;
      expect(await inside(machine, 'sh', '-c', 'ls "$1" 2>/dev/null; echo x >"$2"; cat "$2"', 'sh', dir, note)).toBe(
        'x\n',
      );
      expect(existsSync(note)).toBe(false);
      await harness.driver.remove(spec.owner.uid);
    });
  });
}

function reached(sockets: string[]): string[] {
  const [program = '', ...args] = REACH;
  const output = execFileSync(program, [...args, ...sockets], { encoding: 'utf8' });
  return output.split('\n').filter((line) => line !== '');
}

/** In the place where tmux itself has its sockets. */
function tmux(...args: string[]): string {
  const { TMUX: _tmux, TMUX_TMPDIR: _dir, ...env } = process.env;
  return execFileSync('tmux', args, { encoding: 'utf8', env }).trim();
}
