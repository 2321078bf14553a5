import { ConnectorWire } from '../src/api/schemas/connectors.ts';
import { SignInLinkWire } from '../src/api/schemas/session.ts';
import type { Access } from '../src/client/access-file.ts';
import { createClient } from '../src/client/client.ts';

/** The console of the demo: its connector is edited there from now on, and each link signs a browser in once. */
export const openConsole = async (access: Access): Promise<{ link: () => Promise<string> }> => {
  const client = createClient(access);
  await client.post('/api/connectors/sandbox/import', { to: 'api' }, ConnectorWire);
  return {
    link: async () => new URL((await client.post('/api/session/links', null, SignInLinkWire)).url, access.url).href,
  };
};
