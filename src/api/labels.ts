/** Labels on everything that Dual makes outside its store. Dual touches nothing that does not carry them. */
export const LABEL_INSTALL = 'dual.dev/install';
export const LABEL_UID = 'dual.dev/uid';
export const LABEL_WORKSPACE = 'dual.dev/workspace';
export const LABEL_PROJECT = 'dual.dev/project';

/** On objects that came from the manifest directory: the file, relative to it. Only these are ever pruned. */
export const ANNOTATION_MANIFEST = 'dual.dev/manifest';
/** When somebody first attached to, ran in or requested a Lazy Workspace. Present: it is made real. */
export const ANNOTATION_REQUESTED = 'dual.dev/requested-at';
/** When plain `localhost` was pointed at a Workspace, RFC 3339. The latest counts. */
export const ANNOTATION_FOCUSED = 'dual.dev/focused-at';
/** kubectl's own, so that `kubectl apply` and Dual's apply agree on what was declared last. */
export const ANNOTATION_LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

export const FINALIZER = 'dual.dev/cleanup';
