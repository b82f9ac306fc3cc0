import { REASON } from '../../src/api/conditions.ts';
import type { WorkspaceCondition } from '../../src/api/conditions.ts';
import type { Workspace } from '../../src/api/types.ts';
import type { ConditionInput } from '../../src/conditions/conditions.ts';
import type { Observation } from './observation.ts';
import { routeFinding } from './route-finding.ts';

/** A condition without its type, time and generation. */
export type Finding = Pick<ConditionInput, 'status' | 'reason' | 'message'>;

type Part = (observation: Observation, workspace: Workspace) => Finding;

const PARTS: Record<WorkspaceCondition, Part> = {
  CloneReady: cloneFinding,
  ImageReady: imageFinding,
  ContainerReady: containerFinding,
  SessionReady: sessionFinding,
  RouteReady: routeFinding,
};

/** What is to be said of a part that is there. Pure. */
export function established(type: WorkspaceCondition, workspace: Workspace, observation: Observation): Finding {
  return PARTS[type](observation, workspace);
}

function cloneFinding({ clone }: Observation, workspace: Workspace): Finding {
  const actual = clone.state.kind === 'clone' ? clone.state.branch : undefined;
  const { branch } = workspace.spec;
  if (actual === branch) return { status: 'True', reason: REASON.cloned, message: `${branch} at ${clone.dir}` };
  const found = actual === undefined ? 'a detached head' : actual;
  return {
    status: 'True',
    reason: REASON.branchDrifted,
    message: `${clone.dir} is on ${found} instead of ${branch}; Dual leaves that as it is`,
  };
}

function imageFinding({ image, choice }: Observation): Finding {
  const { ref, tools, lacking } = image!.plan;
  const lacks = lacking.map(({ what, cause, remedy }) => `; ${what} is lacking (${cause}): ${remedy}`).join('');
  if (choice!.root === 'image') return { status: 'True', reason: REASON.built, message: `${ref}${lacks}` };
  const provided = tools.map(({ name, version, cause }) => `${name} ${version} (${cause})`).join(', ');
  const message = `this host's own file system${provided && `, with ${provided}`}${lacks}`;
  return { status: 'True', reason: REASON.notNeeded, message };
}

function containerFinding({ container, choice }: Observation): Finding {
  const { name, notices } = container!.actual!;
  const { name: driver, why } = choice!;
  const message = [`${name} is running; driver ${driver} (${why})`, ...notices].join('. ');
  return { status: 'True', reason: REASON.running, message };
}

function sessionFinding({ session }: Observation): Finding {
  const looping = session?.crashLooping ?? [];
  if (looping.length === 0)
    return {
      status: 'True',
      reason: REASON.sessionRunning,
      message: `session ${session?.name ?? ''}, held by ${session?.backend ?? ''}`,
    };
  const panes = looping.join(', ');
  return {
    status: 'False',
    reason: REASON.paneCrashLoop,
    message: `keeps crashing: ${panes}; see dual logs ${session!.name} ${looping[0]!}`,
  };
}
