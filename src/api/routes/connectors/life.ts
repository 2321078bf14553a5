import { z } from 'zod';
import type { AttributeId } from '../../../core/profile.ts';
import { audit } from '../../../ledger/access/audit.ts';
import { releaseAccounts, renameConnector, retireConnector } from '../../../ledger/connector-life.ts';
import { namedConnector, storingConnectors } from '../../../ledger/connectors.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { ReleasedWire, RenamedWire } from '../../schemas/connectors.ts';
import { follow } from '../../views/connector.ts';

const params = z.object({ id: z.string() });
const Id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be a name of lower-case letters, digits and hyphens');
const Attribute = z.templateLiteral([z.enum(['field', 'userProperty']), ':', z.string().min(1)]);

/** Renames a connector, retires it, and releases its accounts. */
export const lifeRoutes = (app: Api, { ledger, configured }: ApiParts): void => {
  app.post(
    '/api/connectors/:id/rename',
    {
      config: { can: 'configure' },
      schema: {
        operationId: 'renameConnector',
        summary: 'Give a connector another id; its runs, links and accounts move with it',
        params,
        body: z.strictObject({ to: Id }),
        response: answers({ 200: RenamedWire }),
      },
    },
    async (request) => {
      const { connector } = await namedConnector(ledger, request.params.id);
      const { to } = request.body;
      await storingConnectors(ledger, (inTransaction) => renameConnector(inTransaction, connector, to));
      await audit(ledger, { who: request.who, action: 'connector.rename', subject: `${connector} to ${to}` });
      await follow({ configured }, [connector, to], request.log);
      return { connector: to, previously: connector };
    },
  );

  app.post(
    '/api/connectors/:id/retire',
    {
      config: { can: 'configure' },
      schema: {
        operationId: 'retireConnector',
        summary: 'Take a connector out of use: it starts no more runs and owns no accounts',
        params,
        response: answers({ 200: RenamedWire.pick({ connector: true }) }),
      },
    },
    async (request) => {
      const { connector } = await namedConnector(ledger, request.params.id);
      await retireConnector(ledger, connector);
      await audit(ledger, { who: request.who, action: 'connector.retire', subject: connector });
      await follow({ configured }, [connector], request.log);
      return { connector };
    },
  );

  app.post(
    '/api/connectors/:id/release',
    {
      config: { can: 'configure' },
      schema: {
        operationId: 'releaseAccounts',
        summary: 'Release accounts: the connector that next writes or adopts these values owns them',
        params,
        body: z.strictObject({ target: z.string().nullish(), attribute: Attribute.nullish() }),
        response: answers({ 200: ReleasedWire }),
      },
    },
    async (request) => {
      const { id } = request.params;
      const attribute: AttributeId | null = request.body.attribute ?? null;
      const what = { target: request.body.target ?? null, attribute };
      const accounts = await releaseAccounts(ledger, id, what);
      const subject = [id, what.target ?? 'every target', attribute ?? 'every attribute'].join('/');
      await audit(ledger, { who: request.who, action: 'connector.release', subject });
      return { connector: id, accounts };
    },
  );
};
