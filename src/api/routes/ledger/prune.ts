import { audit } from '../../../ledger/access/audit.ts';
import { pruneLedger } from '../../../ledger/prune.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { PrunedWire } from '../../schemas/ledger.ts';

/** How long one request may remove. */
const sliceMs = 5_000;

/** Removes from the ledger what has been kept for its time. */
export const pruneRoutes = (app: Api, { ledger }: ApiParts): void => {
  app.post(
    '/api/ledger/prune',
    {
      config: { can: 'configure' },
      schema: {
        operationId: 'pruneLedger',
        summary: 'Remove data past its retention, for some seconds; `more` means: call again',
        response: answers({ 200: PrunedWire }),
      },
    },
    async (request) => {
      const until = Date.now() + sliceMs;
      const pruned = await pruneLedger(ledger, () => Date.now() >= until);
      if (Object.keys(pruned.removed).length > 0) {
        await audit(ledger, { who: request.who, action: 'ledger.prune', subject: 'ledger' });
      }
      return pruned;
    },
  );
};
