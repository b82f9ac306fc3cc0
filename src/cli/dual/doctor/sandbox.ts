import { daemonStatus } from '../../../daemon/start.ts';
import { controllersFix, countableProcesses, observeLimits } from '../../../drivers/container/sandbox/limits/state.ts';
import { observeNetwork } from '../../../drivers/container/sandbox/network/state.ts';
import { probeSandbox } from '../../../drivers/container/sandbox/probe.ts';
import type { CheckResult, DoctorContext } from './check.ts';

/** Whether sandboxes can be made, whether they have a way out, and which limits hold in them. Nothing on systems that have no namespaces. */
export async function checkSandbox(context: DoctorContext): Promise<CheckResult[]> {
  if (context.platform !== 'linux') return [];
  const name = 'sandbox';
  const { available, message } = await probeSandbox(context.env['PATH']);
  if (!available) return [{ name, status: 'missing', message, fix: commandsIn(message) }];
  return [{ name, status: 'ok', message }, checkNetwork(context), await checkLimits(await daemonProc(context))];
}

/** The message says them where they are known. */
function commandsIn(message: string): string {
  const commands = [...message.matchAll(/`((?:sudo|echo) [^`]+)`/g)].map(([, command]) => command);
  return commands.length === 0 ? 'see the message' : commands.join(' && ');
}

export function checkNetwork({ env }: Pick<DoctorContext, 'env'>): CheckResult {
  const name = 'sandbox network';
  const state = observeNetwork(env);
  if ('tools' in state) return { name, status: 'ok', message: `by ${state.tools[0]?.name}` };
  const message = `sandboxes have loopback only, since ${state.reason}`;
  return { name, status: 'warning', message, fix: state.fix };
}

/** A daemon has limits of its own, and gives those on: that which runs, else the one that would be started from here. */
async function daemonProc({ paths }: DoctorContext): Promise<string> {
  const { running, pid } = await daemonStatus(paths);
  return running && pid !== undefined ? `/proc/${pid}` : '/proc/self';
}

const RESOURCES = { memory: 'memory', cpu: 'processors', pids: 'processes' } as const;
const NOT_GIVEN = 'the control groups of this user have no controllers for that';
const CONTROLLERS = ['memory', 'cpu', 'pids'] as const;

export async function checkLimits(proc: string): Promise<CheckResult> {
  const name = 'sandbox limits';
  const state = await observeLimits(CONTROLLERS, proc);
  const enforced: readonly string[] = 'place' in state ? state.place.controllers : [];
  const isCounted = (await countableProcesses(proc)) !== undefined;
  const lacking = CONTROLLERS.filter((one) => !enforced.includes(one) && !(one === 'pids' && isCounted));
  if (lacking.length === 0) return { name, status: 'ok', message: 'memory, processors and processes' };
  const what = lacking.map((one) => RESOURCES[one]).join(', ');
  const trouble = 'reason' in state ? state : { reason: NOT_GIVEN, fix: controllersFix() };
  return { name, status: 'warning', message: `not limited: ${what}, since ${trouble.reason}`, fix: trouble.fix };
}
