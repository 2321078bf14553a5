import { z } from 'zod';
import { readable } from '../../../config/readable.ts';
import { Failure } from '../../../core/failure.ts';
import { attributeOf } from '../../../core/mapping/row.ts';
import { auditLook } from '../../../ledger/access/audit.ts';
import { connectorVersion, currentConnector, listConnectors } from '../../../ledger/connectors.ts';
import { asObject } from '../../answer.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { JsonWire } from '../../schemas/json.ts';
import { ValueOriginWire, WhyWire } from '../../schemas/targets.ts';

const params = z.object({ id: z.string() });
const Key = z.string().trim().min(1).max(320);
type Origin = z.infer<typeof ValueOriginWire>;

const Attribute = z.string().regex(/^(field|userProperty):./, 'must be field:<name> or userProperty:<name>');

/** Tells where a value at a target came from. */
export const whyRoutes = (app: Api, { ledger, config, starter }: ApiParts): void => {
  /** The row that wrote an attribute at a target; where none is known to have, the rows that would today. */
  const rowsOf = async (connector: string, write: Origin['write'], target: string, attribute: string) => {
    const stored = await (write === null
      ? currentConnector(ledger, connector)
      : connectorVersion(ledger, connector, write.version));
    if (stored === null) return { version: null, rows: [] };
    const read = readable(config.readDefinition, stored.definition);
    if ('unreadable' in read) return { version: stored.version, rows: [] };
    const to = read.connector.to.find((one) => one.target === target);
    const rows = (to?.attributes ?? []).flatMap((row, index) =>
      attributeOf(row) === attribute && (write?.row ?? index) === index
        ? [{ row: index, when: row.when ?? null, from: JsonWire.parse(row.from) }]
        : [],
    );
    return { version: stored.version, rows };
  };

  app.post(
    '/api/targets/:id/why',
    {
      config: { can: 'values' },
      schema: {
        operationId: 'explainValue',
        summary: 'Where the current value in an account came from',
        params,
        body: z.strictObject({ account: Key, attribute: Attribute }),
        response: answers({ 200: WhyWire }),
      },
    },
    async (request) => {
      const target = request.params.id;
      const { account, attribute } = request.body;
      const using = (await listConnectors(ledger)).find(({ definition }) => {
        const read = readable(config.readDefinition, definition);
        return !('unreadable' in read) && read.targets[target] !== undefined;
      });
      if (using === undefined) {
        throw new Failure('notFound', 'No connector writes to a target with that name.', {
          remedy: 'The targets are listed in the document: `attune config export`.',
        });
      }
      const about = { target, account, attribute };
      const answer = await starter.ask({ question: 'whyValue', connector: using.connector, about });
      const origin = ValueOriginWire.parse(asObject(answer));
      const subject = origin.person === null ? target : `${target}/${origin.person}`;
      await auditLook(ledger, { who: request.who, action: 'value.why', subject });
      const mapping =
        origin.connector === null
          ? { version: null, rows: [] }
          : await rowsOf(origin.connector, origin.write, target, attribute);
      return { ...origin, ...mapping };
    },
  );
};
