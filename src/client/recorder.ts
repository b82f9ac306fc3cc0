import type { KubeObject } from '../api/meta.ts';

/** Records Events about an object. Never throws: an event that cannot be recorded is logged. */
export interface EventRecorder {
  event(
    object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
  ): void;
}
