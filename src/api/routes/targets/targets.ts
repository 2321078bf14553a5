import { z } from 'zod';
import { Failure } from '../../../core/failure.ts';
import { lastChecks } from '../../../ledger/connection-checks.ts';
import { listConnectors } from '../../../ledger/connectors.ts';
import { type AwayParty, awayParties } from '../../../ledger/runs/outages.ts';
import { requestsLately, slotUse } from '../../../ledger/runs/target-load.ts';
import { totalsOf } from '../../../ledger/runs/totals.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { TargetListWire, TargetWire } from '../../schemas/targets.ts';

/** What every target has, whatever its kind. */
const settings = z.looseObject({
  kind: z.string(),
  url: z.string().nullish(),
  inFlight: z.int().nullish(),
  writeHours: z.object({ from: z.string(), to: z.string(), timeZone: z.string() }).nullish(),
});
const Targets = z.record(z.string(), settings).catch({});

type Totals = Awaited<ReturnType<typeof totalsOf>>;

/** How many of the requests counted for a target were answered with 429. */
const throttledOf = (totals: Totals, id: string): TargetWire['throttled'] => {
  const own = totals.filter(({ labels: [target] }) => target === id);
  const sum = (some: Totals): number => some.reduce((count, { total }) => count + total, 0);
  return { answers: sum(own.filter(({ labels: [, , answer] }) => answer === '429')), of: sum(own) };
};

const awayOf = (parties: readonly AwayParty[], id: string): TargetWire['away'] => {
  const away = parties.find(({ party }) => party === id);
  return away === undefined ? null : { since: away.since.toISOString(), said: away.said };
};

const requestHours = 24;
const none = { login: 0, listing: 0, read: 0, write: 0 };

/** Shows the targets: their limits, how much of them is in use, and what was last seen of them. */
export const targetRoutes = (app: Api, { ledger }: ApiParts): void => {
  const all = async (): Promise<readonly TargetWire[]> => {
    const [connectors, slots, requests, checks, totals, awayNow] = await Promise.all([
      listConnectors(ledger),
      slotUse(ledger),
      requestsLately(ledger, requestHours),
      lastChecks(ledger),
      totalsOf(ledger, 'requests'),
      awayParties(ledger),
    ]);
    const named = new Map<string, { of: z.infer<typeof settings>; connectors: string[] }>();
    for (const { connector, definition } of connectors) {
      for (const [id, of] of Object.entries(Targets.parse(definition.targets ?? {}))) {
        named.set(id, { of, connectors: [...(named.get(id)?.connectors ?? []), connector] });
      }
    }
    return [...named].map(([id, { of, connectors: using }]) => {
      const { used = 0, waiting = 0 } = slots.find(({ target }) => target === id) ?? {};
      const { target: _, ...counts } = { target: id, ...none, ...requests.find(({ target }) => target === id) };
      return {
        id,
        kind: of.kind,
        url: of.url ?? null,
        connectors: using,
        inFlight: of.inFlight ?? null,
        writeHours: of.writeHours ?? null,
        slots: { used, waiting },
        requests: counts,
        throttled: throttledOf(totals, id),
        away: awayOf(awayNow, id),
        checks: checks
          .filter(({ party, connector }) => party === id && using.includes(connector))
          .map(({ connector, at, who, lines }) => ({
            connector,
            at: at.toISOString(),
            by: who,
            ok: lines.every(({ ok }) => ok),
            lines: [...lines],
          })),
      };
    });
  };

  app.get(
    '/api/targets',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'listTargets',
        summary: 'All targets: their limits, how much of each is in use, and what was last seen of it',
        response: answers({ 200: TargetListWire }),
      },
    },
    async () => ({ targets: [...(await all())] }),
  );

  app.get(
    '/api/targets/:id',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'getTarget',
        summary: 'One target',
        params: z.object({ id: z.string() }),
        response: answers({ 200: TargetWire }),
      },
    },
    async (request) => {
      const found = (await all()).find(({ id }) => id === request.params.id);
      if (found !== undefined) return found;
      throw new Failure('notFound', 'No connector writes to a target with that name.', {
        remedy: 'GET /api/targets lists the existing ones; `attune config export` prints where they are named.',
      });
    },
  );
};
