import type { Client } from '../../client/client.ts';
import type { Context } from './context.ts';

/** A client of the API server; the daemon is started when none runs. The caller closes the client. */
async function connect(context: Pick<Context, 'paths' | 'env'>): Promise<Client> {
  const [{ ensureDaemon }, { createClient }] = await Promise.all([
    import('../../daemon/start.ts'),
    import('../../client/http-client.ts'),
  ]);
  await ensureDaemon(context.paths, context.env);
  return createClient(context.paths.apiSocket);
}

/** Hands a client to `use` and closes it afterwards, whatever happens. */
export async function withClient<T>(
  context: Pick<Context, 'paths' | 'env'>,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connect(context);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}
