import type { ProjectSpec, ProjectStatus } from './generated/project.ts';
import type { WorkspaceSpec, WorkspaceStatus } from './generated/workspace.ts';
import type { KubeObject, ObjectMeta } from './meta.ts';

export type { ProjectSpec, ProjectStatus, WorkspaceSpec, WorkspaceStatus };

/** An object as the server stores it: defaults are filled in, and it has an identity. */
export type Stored<Kind extends string, Spec, Status> = KubeObject<Spec, Status> & {
  kind: Kind;
  metadata: ObjectMeta & Required<Pick<ObjectMeta, 'uid' | 'resourceVersion' | 'generation' | 'creationTimestamp'>>;
  spec: Spec;
};

export type Project = Stored<'Project', ProjectSpec, ProjectStatus>;
export type Workspace = Stored<'Workspace', WorkspaceSpec, WorkspaceStatus>;

/** One entry of `spec.session.panes`. */
export type Pane = ProjectSpec['session']['panes'][number];

/** One entry of a Workspace's `status.ports`. */
export type PortStatus = NonNullable<WorkspaceStatus['ports']>[number];

/** One entry of a Workspace's `status.session.panes`. */
export type PaneStatus = NonNullable<NonNullable<WorkspaceStatus['session']>['panes']>[number];
