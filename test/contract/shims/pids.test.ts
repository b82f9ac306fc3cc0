import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { startNumberedMachine } from '../../support/numbered-machine.ts';
import type { NumberedMachine, Shell } from '../../support/numbered-machine.ts';

const SHELLS: Shell[] = ['bash', 'zsh', 'sh'];
/** Ways to end the server that listens on 3000. */
const WAYS = [
  'kill $(lsof -ti:3000)',
  'kill -9 $(lsof -t -i tcp:3000 -s tcp:listen)',
  'lsof -ti:3000 | xargs kill -9',
  "kill -s KILL $(lsof -nP -iTCP:3000 | awk 'NR > 1 {print $2}')",
  'fuser -k 3000/tcp',
  'kill $(fuser 3000/tcp 2>/dev/null)',
  "kill $(ss -ltnp | sed -n 's/.*:3000 .*pid=\\([0-9]*\\).*/\\1/p')",
  "kill $(netstat -ltnp 2>/dev/null | sed -n 's|.*:3000 .* \\([0-9]*\\)/node.*|\\1|p')",
  "kill -KILL $(pgrep -f 'server.js 3000')",
  "kill -9 $(pgrep -af 'server.js 3000' | cut -d ' ' -f 1)",
  'kill -TERM $(pidof node)',
  "ps aux | grep '[s]erver.js 3000' | awk '{print $2}' | xargs kill",
  "kill $(ps -ef | awk '/[s]erver.js 3000/ {print $2}')",
  "kill $(ps -eo args,pid --no-headers | awk '/^node server.js 3000/ {print $NF}')",
  'kill -- -$(ps -o pgid= -p $(pgrep -f server.js | head -1) | tr -d " ")',
  "kill $(pstree -p | sed -n 's/.*node(\\([0-9]*\\)).*/\\1/p' | head -1)",
  "pkill -f 'server.js 3000'",
  'pkill node',
  'killall -9 node',
];

let machine: NumberedMachine;

beforeAll(async () => {
  machine = await startNumberedMachine();
});
afterAll(() => machine.stop());

function output(shell: Shell, script: string): string {
  return machine.run(shell, script).stdout.trim();
}

describe.each(SHELLS)('%s', (shell) => {
  it.each(WAYS)('reaches the process of the machine with %s, and no stranger of that number', async (way) => {
    const server = await machine.listen(3000);
    await machine.startStranger(server.inside);
    machine.run(shell, way);
    await eventually(() => expect(machine.isAlive(server.host)).toBe(false));
    expect(machine.isAlive(server.inside)).toBe(true);
    expect(machine.plumbing.map(machine.isAlive)).toEqual([true, true]);
  });

  it('finds and ends its own job by $!', () => {
    const job = `perl -e '$SIG{INT} = "IGNORE"; sleep 1000' & for n in 1 2 3 4 5 6 7 8 9; do ps -p $! | grep -q perl && break; sleep 0.1; done`;
    expect(output(shell, `${job}; kill -0 $! && kill $!; wait $!; echo $?`)).toBe('143');
    expect(output(shell, `${job}; kill -9 $!; wait $!; echo $?`)).toBe('137');
    expect(output(shell, `${job}; ps -o comm= -p $!; kill $!`)).toBe('perl');
  });

  it('finds and ends its children by $$, be they inside or on the host', () => {
    expect(output(shell, `/bin/sleep 1000 & pkill -P $$; wait $!; echo $?`)).toBe('143');
    expect(output(shell, `perl -e 'sleep 1000' & pkill -P $$; wait $!; echo $?`)).toBe('143');
    expect(output(shell, `/bin/sleep 1000 & [ $(pgrep -P $$ sleep) = $! ] && kill $! && echo same`)).toBe('same');
  });

  it('reaches nobody else on the host by a list in which one number is its own', async () => {
    await machine.startStranger(17_000);
    expect(output(shell, 'pgrep -P $$,1; :').split('\n')).not.toContain('17000');
    for (const attempt of ['pkill -P $$,1; :', 'pkill --inverse -P $$ . ; :']) machine.run(shell, attempt);
    expect(machine.isAlive(17_000)).toBe(true);
    expect(machine.plumbing.map(machine.isAlive)).toEqual([true, true]);
  });

  it('shows itself to ps', () => {
    expect(output(shell, `ps -o args= -p $$; :`)).toContain('ps -o args= -p $$');
  });

  it('has what the machine itself consists of survive every name and number', () => {
    const tries = [
      'pkill -9 sh',
      'pkill -9 dash',
      'killall -9 sh dash perl',
      'pkill -9 -f .',
      'pkill -9 -u root',
      '"$DUAL_SHIMS/bin/kill" -9 -1',
    ];
    if (shell !== 'sh') tries.push('kill -9 1', 'kill -9 $(pgrep sh) $(pgrep dash)');
    else tries.push('kill -9 $(pgrep sh) $(pgrep dash)');
    for (const attempt of tries) machine.run(shell, attempt);
    expect(machine.plumbing.map(machine.isAlive)).toEqual([true, true]);
    expect(output(shell, 'pgrep -c .')).not.toBe('');
  });

  it('takes from a tool what a tool has printed', async () => {
    await machine.listen(3000);
    expect(output(shell, `ps -o args= -p $(pgrep -f server.js)`)).toBe('node server.js 3000');
    expect(output(shell, `lsof -a -i -nP -Fn -p $(lsof -ti:3000) | tail -1`)).toBe('n127.0.0.1:3000');
    expect(output(shell, `ps -o ppid= -p $(pgrep -f server.js) | xargs ps -o comm= -p`)).toBe('sh');
    machine.run(shell, 'pkill node');
  });

  it('ends as the tool does', () => {
    expect(machine.run(shell, 'lsof -ti:4000').status).toBe(1);
    expect(machine.run(shell, 'pgrep nothing-of-that-name').status).toBe(1);
    expect(machine.run(shell, 'ps -o nothing').status).toBe(1);
    expect(machine.run(shell, 'ps -o nothing').stderr).toContain('unknown user-defined format specifier');
  });
});

describe('kill of a shell with a hook', () => {
  it.each(['bash', 'zsh'] as const)('knows no process of somebody else on the host (%s)', async (shell) => {
    await machine.startStranger(17_000);
    const { stdout, stderr } = machine.run(shell, 'kill 17000; echo $?; kill -9 -- -17000; kill -0 17000; echo $?');
    expect(stdout).toBe('1\n1\n');
    expect(stderr).toContain('kill: (17000) - No such process\n');
    expect(machine.isAlive(17_000)).toBe(true);
  });

  it('ends what a shell has started on the host, also with an environment of its own', () => {
    expect(output('bash', '/bin/sleep 1000 & kill $!; wait $!; echo $?')).toBe('143');
    expect(output('bash', 'env -i /bin/sleep 1000 & kill -INT $! || kill -9 $!; kill -9 $!; wait $!; echo $?')).toBe(
      '137',
    );
    expect(output('bash', 'set -m; { /bin/sleep 1000; } & kill -- -$!; wait $!; echo $?')).toBe('143');
  });

  it.each(['-9', '-KILL', '-SIGKILL', '-kill', '-s KILL', '-s sigkill', '-s 9', '-n 9', '-n KILL', '-9 --'])(
    'takes a signal as %s',
    (signal) => {
      expect(output('bash', `/bin/sleep 1000 & kill ${signal} $!; wait $!; echo $?`)).toBe('137');
    },
  );

  it('does what it can of several, and says the rest', () => {
    const { stdout, stderr } = machine.run('bash', '/bin/sleep 1000 & kill 999999 $! word; echo $?; wait $!; echo $?');
    expect(stdout).toBe('0\n143\n');
    expect(stderr).toBe('kill: (999999) - No such process\nkill: word: arguments must be process or job IDs\n');
  });

  it.each([
    ['kill', 2, 'kill: usage: kill [-s sigspec'],
    ['kill -FOO 1', 1, 'kill: FOO: invalid signal specification'],
    ['kill -s', 2, 'kill: usage: '],
  ])('refuses %j', (script, status, message) => {
    const result = machine.run('bash', `${script}; exit $?`);
    expect(result.status).toBe(status);
    expect(result.stderr).toContain(message);
  });
});

describe('a program on the host that starts a tool by sh -c', () => {
  it('gets numbers that its own system calls know', async () => {
    const server = await machine.listen(3000);
    machine.run(
      'bash',
      `/usr/bin/perl -e 'my ($pid) = \`lsof -ti:3000 2>/dev/null\` =~ /(\\d+)/; kill 9, $pid if $pid'`,
    );
    await eventually(() => expect(machine.isAlive(server.host)).toBe(false));
  });
});
