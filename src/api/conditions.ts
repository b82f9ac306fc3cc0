/** Every condition type and reason there is. A reason is CamelCase and doubles as the reason of the Event it causes. */

export const CLONE_READY = 'CloneReady';
export const IMAGE_READY = 'ImageReady';
export const CONTAINER_READY = 'ContainerReady';
export const SESSION_READY = 'SessionReady';
export const ROUTE_READY = 'RouteReady';
export const READY = 'Ready';
/** Abnormal-true: there only while Dual is working on it. */
export const RECONCILING = 'Reconciling';
/** Abnormal-true: there only while nothing more happens until the user changes something. */
export const STALLED = 'Stalled';

/** `Ready` of a Workspace is True when all of these are; in the order in which they come about. */
export const WORKSPACE_CONDITIONS = [CLONE_READY, IMAGE_READY, CONTAINER_READY, SESSION_READY, ROUTE_READY] as const;
export type WorkspaceCondition = (typeof WORKSPACE_CONDITIONS)[number];

export const REASON = {
  // summary
  reconciled: 'Reconciled',
  progressing: 'Progressing',
  retrying: 'Retrying',
  stopped: 'Stopped',
  lazy: 'Lazy',
  terminating: 'Terminating',
  internalError: 'InternalError',
  // project
  projectNotFound: 'ProjectNotFound',
  projectInUse: 'ProjectInUse',
  invalidSource: 'InvalidSource',
  // clone
  cloned: 'Cloned',
  adopted: 'Adopted',
  cloning: 'Cloning',
  cloneFailed: 'CloneFailed',
  directoryTaken: 'DirectoryTaken',
  startPointNotFound: 'StartPointNotFound',
  sourceUnreachable: 'SourceUnreachable',
  branchDrifted: 'BranchDrifted',
  kept: 'CloneKept',
  removed: 'CloneRemoved',
  // image
  built: 'Built',
  notNeeded: 'NotNeeded',
  building: 'Building',
  buildFailed: 'BuildFailed',
  baseImageMissing: 'BaseImageMissing',
  unknownVersion: 'UnknownVersion',
  registryUnreachable: 'RegistryUnreachable',
  // container
  running: 'Running',
  starting: 'Starting',
  containerFailed: 'ContainerFailed',
  containerRepaired: 'ContainerRepaired',
  nameTaken: 'NameTaken',
  driverUnavailable: 'DriverUnavailable',
  driverChosen: 'DriverChosen',
  mountMissing: 'MountMissing',
  mountForbidden: 'MountForbidden',
  // session
  sessionRunning: 'SessionRunning',
  sessionUnavailable: 'SessionUnavailable',
  sessionRepaired: 'SessionRepaired',
  paneCrashLoop: 'PaneCrashLoop',
  noSessionDriver: 'NoSessionDriver',
  shimsUnavailable: 'ShimsUnavailable',
  // routes
  routed: 'Routed',
  noPorts: 'NoPorts',
  portTaken: 'PortTaken',
  portForbidden: 'PortForbidden',
  /** This machine lacks the loopback address. */
  noAddress: 'NoAddress',
  proxyUnavailable: 'ProxyUnavailable',
  portIsEphemeral: 'Ephemeral',
  unreachable: 'Unreachable',
  // manifests
  manifestInvalid: 'ManifestInvalid',
  manifestApplied: 'ManifestApplied',
  manifestPruned: 'ManifestPruned',
  manifestConflict: 'ManifestConflict',
  manifestsMissing: 'ManifestsMissing',
  // waiting for an earlier phase
  waiting: 'Waiting',
} as const;

export type Reason = (typeof REASON)[keyof typeof REASON];
