import http from 'node:http';
import type { KubeObject, KubeList, Status } from '../../../api/meta.ts';
import { collectionPath, type Resource } from '../../../api/scheme.ts';
import { ApiError } from '../../../errors/api-error.ts';
import type { Reader } from '../workspace/find.ts';

/** Reads from the API by Node's own HTTP client: the full client takes longer to load than most commands take to run. */
export function createReader(socketPath: string): Reader {
  return {
    get: async <T extends KubeObject>(resource: Resource, name: string) =>
      (await getJson(socketPath, `${collectionPath(resource)}/${encodeURIComponent(name)}`)) as T,
    list: async <T extends KubeObject>(resource: Resource) =>
      (await getJson(socketPath, collectionPath(resource))) as KubeList<T>,
  };
}

/** @throws ApiError for what the server refuses, and the error of a connection that fails */
async function getJson(socketPath: string, path: string): Promise<unknown> {
  const { status, body } = await get(socketPath, path);
  const answer: unknown = JSON.parse(body);
  if (status >= 400) throw ApiError.fromStatus(answer as Status);
  return answer;
}

function get(socketPath: string, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = http.get({ socketPath, path, headers: { accept: 'application/json' } }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 500, body }));
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}
