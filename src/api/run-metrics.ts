import { Counter, Gauge, type Registry } from 'prom-client';
import { z } from 'zod';
import { outcomes } from '../core/report/outcome.ts';
import { listConnectors } from '../ledger/connectors.ts';
import { lastFullReports, lastSuccesses, slotsTaken, waitingPlans } from '../ledger/runs/standing.ts';
import { runSecondsUpTo, totalsOf } from '../ledger/runs/totals.ts';
import type { ApiParts } from './parts.ts';

/** The part of a definition that says until when its credential is good, and how many requests each target takes at once. */
const Known = z.looseObject({
  connector: z.looseObject({ source: z.looseObject({ auth: z.looseObject({ expires: z.iso.date().optional() }) }) }),
  targets: z.record(z.string(), z.looseObject({ inFlight: z.number().optional() })),
});

type Set = (labels: Readonly<Record<string, string>>, value: number) => void;

/**
 * Figures of runs, connectors and targets, read from the ledger whenever somebody asks, so that it does not matter which
 * process worked. Labels are ids of the document and words of this program, never a person.
 */
export const registerRunMetrics = (registry: Registry, { ledger }: Pick<ApiParts, 'ledger'>): void => {
  const gauge = (
    name: string,
    help: string,
    labelNames: readonly string[],
    read: (set: Set) => Promise<void>,
  ): void => {
    new Gauge({
      ...{ name, help, labelNames: [...labelNames], registers: [registry] },
      async collect() {
        this.reset();
        await read((labels, value) => this.set({ ...labels }, value));
      },
    });
  };
  const counter = (
    name: string,
    help: string,
    labelNames: readonly string[],
    read: (add: Set) => Promise<void>,
  ): void => {
    new Counter({
      ...{ name, help, labelNames: [...labelNames], registers: [registry] },
      async collect() {
        this.reset();
        await read((labels, value) => this.inc({ ...labels }, value));
      },
    });
  };
  const known = async () =>
    (await listConnectors(ledger)).flatMap(({ connector, definition }) => {
      const parsed = Known.safeParse(definition);
      if (!parsed.success) return [];
      return [{ connector, expires: parsed.data.connector.source.auth.expires, targets: parsed.data.targets }];
    });

  gauge(
    'attune_last_success_timestamp_seconds',
    'When a run of everybody was last carried out, by connector and mode',
    ['connector', 'mode'],
    async (set) => {
      for (const { connector, mode, at } of await lastSuccesses(ledger)) set({ connector, mode }, at.getTime() / 1_000);
    },
  );
  gauge('attune_runs_waiting', 'Plans that await a decision', ['connector'], async (set) => {
    for (const { connector, plans } of await waitingPlans(ledger)) set({ connector }, plans);
  });
  gauge(
    'attune_people',
    'How people ended in the last run that read everybody',
    ['connector', 'target', 'outcome'],
    async (set) => {
      for (const { connector, targets } of await lastFullReports(ledger)) {
        for (const [target, counts] of Object.entries(targets)) {
          for (const outcome of outcomes) set({ connector, target, outcome }, counts[outcome]);
        }
      }
    },
  );
  counter('attune_changes_total', 'Values written: set or cleared', ['connector', 'target', 'kind'], async (add) => {
    for (const { connector, labels, total } of await totalsOf(ledger, 'changes')) {
      const [target = '', kind = ''] = labels;
      add({ connector, target, kind }, total);
    }
  });
  counter(
    'attune_target_requests_total',
    'Requests sent to targets by runs, by what they were for and how they were answered',
    ['target', 'kind', 'status'],
    async (add) => {
      for (const { labels, total } of await totalsOf(ledger, 'requests')) {
        const [target = '', kind = '', status = ''] = labels;
        add({ target, kind, status }, total);
      }
    },
  );
  gauge(
    'attune_target_slots',
    'Requests a target accepts at once (limit), those in use now (used), and runs of one person waiting for one (waiting)',
    ['target', 'state'],
    async (set) => {
      for (const { targets } of await known()) {
        for (const [target, { inFlight }] of Object.entries(targets)) {
          if (inFlight !== undefined) set({ target, state: 'limit' }, inFlight);
          set({ target, state: 'used' }, 0);
          set({ target, state: 'waiting' }, 0);
        }
      }
      for (const { target, used, waiting } of await slotsTaken(ledger)) {
        set({ target, state: 'used' }, used);
        set({ target, state: 'waiting' }, waiting);
      }
    },
  );
  gauge(
    'attune_credential_expires_timestamp_seconds',
    'When the credential of the source expires, according to the document',
    ['connector'],
    async (set) => {
      for (const { connector, expires } of await known()) {
        if (expires !== undefined) set({ connector }, Date.parse(expires) / 1_000);
      }
    },
  );
  counter(
    'attune_run_seconds_bucket',
    'Runs by how long they took: those of at most `le` seconds',
    ['connector', 'mode', 'le'],
    async (add) => {
      for (const { connector, labels, total } of await totalsOf(ledger, 'runs')) {
        const [mode = '', upTo = ''] = labels;
        const reached = runSecondsUpTo.filter((end) => upTo !== 'more' && end >= Number(upTo));
        for (const le of [...reached.map(String), '+Inf']) add({ connector, mode, le }, total);
      }
    },
  );
  counter('attune_run_seconds_count', 'Runs that have ended', ['connector', 'mode'], async (add) => {
    for (const { connector, labels, total } of await totalsOf(ledger, 'runs')) {
      add({ connector, mode: labels[0] ?? '' }, total);
    }
  });
  counter('attune_run_seconds_sum', 'The seconds all runs took', ['connector', 'mode'], async (add) => {
    for (const { connector, labels, total } of await totalsOf(ledger, 'runSeconds')) {
      add({ connector, mode: labels[0] ?? '' }, total);
    }
  });
};
