import path from 'node:path';
import { expandHome, guestDir, workspaceTmpDir } from '../../src/config/paths.ts';
import type { ContainerSpec } from '../../src/drivers/container/driver.ts';
import { containerSpecHash } from '../../src/drivers/container/spec-hash.ts';
import { containerDriver } from './choose-driver.ts';
import { imageJobKey } from './ensure-image.ts';
import { isTmpDir } from './tmp-dir.ts';
import type { Found, Look } from './look.ts';
import type { ContainerObservation, ImageObservation } from './observation.ts';

export async function observeImage(
  { context, previous }: Look,
  { project, observation }: Found,
): Promise<ImageObservation> {
  const { base, packages, setup } = project.spec.image;
  const worktree = observation.clone.dir;
  const images = context.images[observation.choice!.root];
  const plan =
    previous?.image?.plan ?? (await images.plan({ project: project.metadata.name, worktree, base, packages, setup }));
  return { plan, built: false, job: context.jobs.builds.state(imageJobKey(plan)) };
}

export async function observeContainer(look: Look, found: Found): Promise<ContainerObservation> {
  const { context, workspace } = look;
  const { uid } = workspace.metadata;
  const spec = containerSpec(look, found);
  const actual = await containerDriver(context, found.observation.choice!.name).inspect(uid);
  if (actual?.running) context.guests.follow(uid, { endpoint: actual.guest, target: machineOf(actual) });
  else context.guests.forget(uid);
  const guest = context.guests.observe(uid);
  if (guest.answering || !actual?.running) delete look.memory.silentSince;
  else look.memory.silentSince ??= context.clock.now();
  const tmpDirReady = spec.tmp === 'private' || (await isTmpDir(workspaceTmpDir(uid), spec.user.uid));
  return { spec, ...(actual && { actual }), guest, tmpDirReady };
}

/** Tells one run of a machine from the next: what was started in the earlier one is gone. */
export function machineOf(container: { id: string; startedAt?: string }): string {
  return `${container.id.slice(0, 12)}@${container.startedAt ?? ''}`;
}

/** What the machine of a Workspace has to be. Pure. */
function containerSpec({ context, workspace }: Look, { project, observation, clone }: Found): ContainerSpec {
  const { host } = context;
  const { name, uid } = workspace.metadata;
  const { resources, mounts, tmp } = project.spec.container;
  const spec = {
    owner: { uid, workspace: name, project: project.metadata.name },
    name: `dual-${name}${host.nameSuffix}`,
    hostname: host.hostname,
    image: observation.image!.plan.ref,
    worktree: observation.clone.dir,
    worktreeIdentity: clone.identity,
    mounts: mounts.map((mount) => ({
      path: path.resolve(expandHome(mount.path, host.user.home)),
      readOnly: mount.readOnly,
    })),
    tmp,
    env: {
      ...(tmp === 'shared' && { TMPDIR: workspaceTmpDir(uid) }),
      ...Object.fromEntries(project.spec.env.map((entry) => [entry.name, entry.value ?? ''])),
    },
    resources,
    user: host.user,
    guestDir: guestDir({ guests: host.guests }, uid),
  };
  return { ...spec, specHash: containerSpecHash(spec) };
}
