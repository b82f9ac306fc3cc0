import type { ProjectSpec, ProjectStatus } from './generated/project.ts';
import type { WorkspaceSpec, WorkspaceStatus } from './generated/workspace.ts';
import type { KubeObject } from './meta.ts';

export type { ProjectSpec, ProjectStatus, WorkspaceSpec, WorkspaceStatus };

/** As the server stores it: defaults are filled in. */
export type Project = KubeObject<ProjectSpec, ProjectStatus> & { kind: 'Project'; spec: ProjectSpec };

/** As the server stores it: defaults are filled in. */
export type Workspace = KubeObject<WorkspaceSpec, WorkspaceStatus> & { kind: 'Workspace'; spec: WorkspaceSpec };

/** One entry of `spec.session.panes`. */
export type Pane = ProjectSpec['session']['panes'][number];

/** One entry of a Workspace's `status.ports`. */
export type PortStatus = NonNullable<WorkspaceStatus['ports']>[number];

/** One entry of a Workspace's `status.session.panes`. */
export type PaneStatus = NonNullable<NonNullable<WorkspaceStatus['session']>['panes']>[number];
