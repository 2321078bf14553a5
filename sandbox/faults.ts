import { z } from 'zod';
import { serviceNames } from './services.ts';
import { createRandom } from './world/random.ts';

const effect = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('status'),
    status: z.int().min(100).max(599),
    headers: z.record(z.string(), z.string()).default({}),
    body: z.string().default(''),
  }),
  z.strictObject({ kind: z.literal('maintenance') }),
  z.strictObject({ kind: z.literal('delay'), milliseconds: z.int().min(0) }),
  /** `after`: the request took effect and only its answer was lost. */
  z.strictObject({ kind: z.literal('reset'), when: z.enum(['before', 'after']) }),
  z.strictObject({ kind: z.literal('truncated') }),
  z.strictObject({ kind: z.literal('slowBody'), milliseconds: z.int().min(0) }),
  z.strictObject({ kind: z.literal('html') }),
  z.strictObject({ kind: z.literal('redirect'), location: z.string() }),
]);

/** What control accepts as a fault: which requests it meets, how often, and what it does to them. */
export const faultSchema = z.strictObject({
  service: z.enum(serviceNames).optional(),
  method: z.string().optional(),
  path: z.string().default('.*'),
  /** Passes over this many matching requests first. */
  after: z.int().min(0).default(0),
  every: z.int().min(1).default(1),
  count: z.int().min(1).optional(),
  probability: z.number().min(0).max(1).optional(),
  effect,
});

/** One fault as given. */
export type Fault = z.infer<typeof faultSchema>;

/** What a fault does to a request. */
export type Effect = Fault['effect'];

/** The faults in force. */
export type Faults = {
  /** Gives the place of the fault among those in force. */
  add(fault: Fault): number;
  clear(): void;
  /** How many requests each fault in force has met, in the order given. */
  met(): number[];
  /** How many requests a fault keeps waiting at the moment: whoever sent them may have given them up. */
  held(): number;
  /** Keeps a request waiting as long as the work takes. */
  hold<T>(work: Promise<T>): Promise<T>;
  pick(request: { service: string; method: string; path: string }): Effect | undefined;
};

/** Makes an empty set of faults whose chances follow the seed. */
export const createFaults = (seed = 1): Faults => {
  const random = createRandom(seed);
  let held = 0;
  let faults: { fault: Fault; pattern: RegExp; met: number; done: number }[] = [];
  return {
    add(fault) {
      return faults.push({ fault, pattern: new RegExp(fault.path), met: 0, done: 0 }) - 1;
    },
    clear() {
      faults = [];
    },
    met: () => faults.map(({ done }) => done),
    held: () => held,
    async hold(work) {
      held += 1;
      try {
        return await work;
      } finally {
        held -= 1;
      }
    },
    pick({ service, method, path }) {
      for (const entry of faults) {
        const { fault } = entry;
        if (fault.service !== undefined && fault.service !== service) continue;
        if (fault.method !== undefined && fault.method !== method) continue;
        if (!entry.pattern.test(path)) continue;
        entry.met += 1;
        if (entry.met <= fault.after || (entry.met - fault.after) % fault.every !== 0) continue;
        if (fault.count !== undefined && entry.done >= fault.count) continue;
        if (fault.probability !== undefined && random() >= fault.probability) continue;
        entry.done += 1;
        return fault.effect;
      }
      return undefined;
    },
  };
};
