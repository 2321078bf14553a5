import type { z } from 'zod';
import type { Told, ToldChange } from './judge.ts';
import { approvedAt, foundLater } from './ledger.ts';
import type { System } from './systems/system.ts';
import { type Change, ChangePage, isUnfinished, Run, RunList } from './wire.ts';

/** Every stored change of a run, page by page. */
const changesOf = async (system: System, run: string): Promise<Change[]> => {
  const api = await system.api();
  const all: Change[] = [];
  for (let cursor: string | null = null; ; ) {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: z.infer<typeof ChangePage> = await api.get(`/api/runs/${run}/changes?limit=1000${query}`, ChangePage);
    all.push(...page.changes);
    if (page.next === null) return all;
    cursor = page.next;
  }
};

/** Reads runs as the API tells them, whoever started them: also one whose start nobody got an answer to. */
export const openReader = (system: System) => {
  const known = new Map<string, { readonly end: string; readonly told: Told }>();
  const list = async (): Promise<readonly Run[]> =>
    (await (await system.api()).get('/api/runs?limit=200', RunList)).runs;
  const told = async (id: string): Promise<Told> => {
    const run = await (await system.api()).get(`/api/runs/${id}`, Run);
    const url = system.databaseUrl();
    if (url === null) throw new Error('The ledger is away.');
    const listed = await changesOf(system, id);
    const later = await foundLater(url, id);
    const changes = listed.map(
      (one): ToldChange => ({ ...one, foundLater: later.has(`${one.target} ${one.person} ${one.attribute}`) }),
    );
    const mayWriteSince = run.intent === 'apply' ? Date.parse(run.startedAt) : await approvedAt(url, id);
    return { run, changes, mayWriteSince };
  };
  return {
    /** The runs that have not come to an end. */
    unfinished: async (): Promise<readonly Run[]> => (await list()).filter(isUnfinished),
    /** The runs that have come to an end, or to another end, since this was last asked. */
    ended: async (): Promise<readonly Told[]> => {
      const news: Told[] = [];
      for (const { id, status, finishedAt } of (await list()).filter((run) => !isUnfinished(run))) {
        const end = `${status} ${finishedAt}`;
        if (known.get(id)?.end === end) continue;
        const one = await told(id);
        known.set(id, { end, told: one });
        news.push(one);
      }
      return news;
    },
    all: (): readonly Told[] => [...known.values()].map((one) => one.told),
  };
};
