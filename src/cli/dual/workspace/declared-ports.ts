import { awaitedPorts } from '../../../../controllers/workspace/ports.ts';
import { REASON } from '../../../api/conditions.ts';
import { PROJECTS } from '../../../api/scheme.ts';
import type { PortStatus, Project, Workspace } from '../../../api/types.ts';
import { isApiError } from '../../../errors/api-error.ts';
import type { Reader } from './find.ts';
import { hasMachine } from './state.ts';

/** Those that the Project lists; none when it does not exist. */
export async function declaredPorts(reader: Reader, workspace: Workspace): Promise<Project['spec']['ports']> {
  try {
    return (await reader.get<Project>(PROJECTS, workspace.spec.project)).spec.ports;
  } catch (error) {
    if (isApiError(error, 'NotFound')) return [];
    throw error;
  }
}

/** With the ports whose URLs make it real in its status, where it is Lazy and not made yet; any other as it is. */
export async function withAwaitedPorts(reader: Reader, workspace: Workspace): Promise<Workspace> {
  const isMade = hasMachine(workspace) || (workspace.status?.ports ?? []).length > 0;
  if (workspace.spec.state !== 'Lazy' || isMade) return workspace;
  const declared = await declaredPorts(reader, workspace);
  const ports = awaitedPorts(declared).map((port): PortStatus => {
    const name = declared.find((entry) => entry.port === port)?.name;
    const url = `http://${workspace.metadata.name}.localhost:${port}`;
    return {
      port,
      ...(name !== undefined && { name }),
      protocol: 'http',
      listening: false,
      routed: true,
      url,
      reason: REASON.lazy,
    };
  });
  return { ...workspace, status: { ...workspace.status, ports } };
}
