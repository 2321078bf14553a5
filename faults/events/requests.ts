import type { Random } from '../random.ts';
import { type Event, met } from './event.ts';

const services = ['entra', 'jira', 'confluence'] as const;

/** The answer of a service with this status, and nothing in it. */
export const answered = (status: number, headers: Record<string, string> = {}) => ({ kind: 'status', status, headers });

const requests = (kind: string, effect: (random: Random) => object): Event => ({
  kind,
  happen: async ({ world, random }) => {
    const at = await world.lay({
      service: random.one(services),
      ...(random.chance(0.3) ? { method: random.one(['GET', 'POST']) } : {}),
      after: random.whole(0, 5),
      every: random.whole(1, 3),
      count: random.whole(1, 6),
      effect: effect(random),
    });
    return [met(at)];
  },
});

/** Nothing of a service is to be had until the round is over. */
const away: Event = {
  kind: 'service away',
  happen: async ({ world, random }) => {
    const effect = random.one([{ kind: 'maintenance' }, answered(503), { kind: 'reset', when: 'before' }]);
    return [met(await world.lay({ service: random.one(services), effect }))];
  },
};

/** A write that its sender gives up long before it takes effect: another may have written the account by then. */
const lateWrite: Event = {
  kind: 'late write',
  happen: async ({ world, random }) => {
    const at = await world.lay({
      service: random.one(['jira', 'confluence']),
      method: 'POST',
      path: '[Ee]dit[Uu]ser',
      after: random.whole(0, 4),
      count: random.whole(1, 3),
      effect: { kind: 'delay', milliseconds: random.whole(20_000, 60_000) },
    });
    return [met(at)];
  },
};

/** Graph's answer to a page link or a delta link it does not know any more. */
const expiredCursor: Event = {
  kind: 'cursor expired',
  happen: async ({ world, random }) => {
    const at = await world.lay({
      service: 'entra',
      path: 'users',
      after: random.whole(0, 2),
      count: 1,
      effect: {
        kind: 'status',
        status: 410,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ error: { code: 'resyncRequired', message: 'Resync required.' } }),
      },
    });
    return [met(at)];
  },
};

/** What becomes of requests on their way: each counts once, however many it met. */
export const onRequests: readonly Event[] = [
  requests('throttled', (random) => answered(429, { 'retry-after': String(random.whole(1, 3)) })),
  requests('server error', (random) => answered(random.one([500, 502, 503, 504]))),
  requests('maintenance', () => ({ kind: 'maintenance' })),
  requests('slow answer', (random) => ({ kind: 'delay', milliseconds: random.whole(200, 4_000) })),
  requests('slow body', (random) => ({ kind: 'slowBody', milliseconds: random.whole(200, 3_000) })),
  requests('cut body', () => ({ kind: 'truncated' })),
  requests('connection cut before', () => ({ kind: 'reset', when: 'before' })),
  requests('answer lost', () => ({ kind: 'reset', when: 'after' })),
  requests('page for data', () => ({ kind: 'html' })),
  expiredCursor,
  away,
  lateWrite,
];
