import type { Probe } from '../probe.ts';
import { nodePrint, nodeRun } from '../scripts.ts';

const inside = (command: string): string =>
  nodeRun(`process.stdout.write(require("child_process").execSync("${command}"))`);
const AT_NOON = 'new Date(1.75e12).toString()';

/** Who, where, when, and in which language. */
export const IDENTITY: Probe[] = [
  {
    name: 'ids of user and group',
    run: nodePrint('[process.getuid(), process.geteuid(), process.getgid(), process.getegid()].join()'),
  },
  { name: 'id, in a shell of a routed command', run: inside('id -u; id -g; id -un; id -gn') },
  { name: 'the entry of the user', run: nodePrint('JSON.stringify(require("os").userInfo())') },
  { name: 'HOME, USER and LOGNAME', run: nodePrint('["HOME","USER","LOGNAME"].map((n) => process.env[n]).join()') },
  {
    name: 'the home directory, with HOME and without',
    run: `${nodePrint('require("os").homedir()')}; HOME=/x/y ${nodePrint('require("os").homedir()')}; (unset HOME; ${nodePrint('require("os").homedir()')})`,
  },
  {
    name: 'the host name',
    run: `${nodePrint('require("os").hostname()')}; ${inside('uname -n')}; ${inside('cat /etc/hostname')}`,
  },
  {
    name: 'the system',
    run: nodePrint(
      'JSON.stringify([require("os").type(), require("os").release(), process.arch, process.platform, require("os").endianness()])',
    ),
  },
  { name: 'processors and memory', run: nodePrint('require("os").cpus().length+" "+require("os").totalmem()') },
  { name: 'the version of node', run: 'node -v; node --version' },
  ...['022', '077', '000', '027'].map((mask): Probe => ({
    name: `umask ${mask}`,
    run: `umask ${mask}; ${nodePrint('process.umask().toString(8)')}; ${nodeRun('require("fs").writeFileSync("f",""); require("fs").mkdirSync("d")')}; stat -c %a f d`,
  })),
  {
    name: 'niceness',
    run: `nice -n 5 ${nodePrint('require("os").getPriority()')}; ${nodePrint('require("os").getPriority()')}`,
  },
  { name: 'a limit of open files', run: `ulimit -n 512; ${inside('grep -i open.files /proc/self/limits')}` },
  {
    name: 'limits of core dumps, files and stack',
    run: `ulimit -c 0; ulimit -f 2000; ulimit -s 4096; ${inside('ulimit -c; ulimit -f; ulimit -s')}`,
  },
  {
    name: 'the usual number of open files',
    run: `${nodePrint('require("fs").readFileSync("/proc/self/limits","utf8").match(/open files +(\\d+)/)[1] >= 1024')}`,
  },
  {
    name: 'the time zone of the machine',
    run: `unset TZ; ${nodePrint(`Intl.DateTimeFormat().resolvedOptions().timeZone+" "+${AT_NOON}`)}; ${inside('date -d @1750000000')}`,
  },
  ...['America/New_York', 'Asia/Kathmandu', 'UTC', 'XYZ-3', 'No/Such', ''].map((zone): Probe => ({
    name: `the time zone ${JSON.stringify(zone)}`,
    run: `export TZ='${zone}'; ${nodePrint(`Intl.DateTimeFormat().resolvedOptions().timeZone+" "+${AT_NOON}`)}; ${inside('date -d @1750000000')}`,
  })),
  {
    name: 'the time',
    run: `a=$(date +%s); b=$(${nodePrint('Math.floor(Date.now()/1000)')}); [ $((b - a)) -ge 0 -a $((b - a)) -le 60 ]; echo $?`,
  },
  ...['C', 'C.UTF-8', 'de_DE.UTF-8'].map((locale): Probe => ({
    name: `the locale ${locale}`,
    run: `export LC_ALL=${locale} LANG=${locale}; ${nodePrint('Intl.DateTimeFormat().resolvedOptions().locale+" "+(1234567.8).toLocaleString()+" "+new Date(0).toLocaleDateString()')}; ${inside('locale charmap 2>&1')}`,
  })),
  { name: 'the locale of the machine', run: `unset LANG LC_ALL; ${inside('locale 2>&1')}` },
  {
    name: 'python reads and writes UTF-8',
    run: `python3 -c 'import sys; print(sys.stdout.encoding, sys.getfilesystemencoding(), "é👩")'; LC_ALL=C python3 -c 'print("é")'`,
  },
  {
    name: 'what is known of terminals',
    run: `${inside('tput -T xterm-256color colors; tput -T screen colors; tput -T xterm-256color bold | od -c')}`,
  },
];
