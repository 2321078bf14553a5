import type { Call } from '../../../core/call.ts';
import type { SourceId } from '../../../core/values.ts';
import type { Http } from '../../../http/http.ts';
import { changePage } from '../schema.ts';
import type { Selection } from '../selection.ts';
import type { Chain } from './place.ts';

/** Chains that track what a selection reads: one for each part, and one for the manager's own attributes. */
export type Tracking = { readonly people: readonly (readonly string[])[]; readonly managers: readonly string[] | null };

/** Changes of these are not tracked by Graph (Graph: user delta, supported properties). */
const untracked: ReadonlySet<string> = new Set(['signInActivity']);

/** What has to be tracked so that no change of a mapped attribute goes unseen. */
export const trackingOf = ({ parts, manager }: Selection): Tracking => ({
  people: parts.map((part, index) => [
    ...part.filter((name) => !untracked.has(name)),
    ...(index === 0 && manager !== null ? ['manager'] : []),
  ]),
  managers: manager === null ? null : [...new Set(['id', ...manager.filter((name) => !untracked.has(name))])],
});

/** How many chains there are. */
export const chainCount = ({ people, managers }: Tracking): number => people.length + (managers === null ? 0 : 1);

const route = '/v1.0/users/delta';
const low = { 'x-ms-throttle-priority': 'Low' };

/** The positions from which each chain continues from now on (Graph: delta query, `$deltatoken=latest`). */
export const placesNow = (http: Http, { people, managers }: Tracking, call: Call): Promise<readonly string[]> =>
  Promise.all(
    [...people, ...(managers === null ? [] : [managers])].map(async (names) => {
      const query = { $select: names.join(','), $deltatoken: 'latest' };
      let { body } = await http.get({ route, kind: 'listing', headers: low, query }, changePage, call);
      while (body['@odata.deltaLink'] === undefined) {
        const link = body['@odata.nextLink'] ?? '';
        ({ body } = await http.get({ route, kind: 'listing', headers: low, link }, changePage, call));
      }
      return body['@odata.deltaLink'];
    }),
  );

/** Who changed, by what; `gone` are reported as removed, and may be back by now. */
export type Changed = {
  readonly people: ReadonlySet<SourceId>;
  readonly managers: ReadonlySet<SourceId>;
  readonly gone: ReadonlySet<SourceId>;
  readonly chains: readonly Chain[];
};

/** The next page of each chain that has not ended (Graph: user delta; replays and duplicates are legal). */
export const readChanges = async (
  http: Http,
  tracking: Tracking,
  chains: readonly Chain[],
  call: Call,
): Promise<Changed> => {
  const people = new Set<SourceId>();
  const managers = new Set<SourceId>();
  const gone = new Set<SourceId>();
  const behind = await Promise.all(
    chains.map(async (chain, index): Promise<Chain> => {
      if (chain.ended) return chain;
      const { body } = await http.get({ route, kind: 'listing', headers: low, link: chain.link }, changePage, call);
      for (const { id, '@removed': removed } of body.value) {
        if (index >= tracking.people.length) managers.add(id);
        else if (removed === undefined) people.add(id);
        else gone.add(id);
      }
      const last = body['@odata.deltaLink'];
      return last === undefined ? { link: body['@odata.nextLink'] ?? '', ended: false } : { link: last, ended: true };
    }),
  );
  return { people, managers, gone, chains: behind };
};
