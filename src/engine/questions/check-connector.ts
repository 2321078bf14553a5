import type { Assumed } from '../../core/assumption.ts';
import type { Call } from '../../core/call.ts';
import type { CheckLine } from '../../core/check-line.ts';
import { credentialLine } from '../../core/expiry.ts';
import { Failure, isFailure } from '../../core/failure.ts';
import type { AttributePath } from '../../core/values.ts';
import type { Ledger } from '../../ledger/open.ts';
import { keptElsewhere } from '../../ledger/runs/outcomes.ts';
import type { WriteTrial } from '../../targets/target.ts';
import { withOneSlot } from '../apply/lease.ts';
import type { OpenConnector } from '../open/connector.ts';
import type { OddSecrets } from '../open/open-connectors.ts';
import type { Asking } from '../work.ts';
import { underClaim } from './under-claim.ts';
import { unseenPaths } from './unseen-paths.ts';

/** An account to write to, at one target or at every target of the connector. */
export type Trial = { readonly account: string; readonly target: string | null };

/** What was checked, in the order in which one thing depends on another. */
export type Checked = {
  readonly source: readonly CheckLine[];
  readonly targets: Readonly<Record<string, readonly CheckLine[]>>;
};

/** Looks at each thing a run of the connector needs; with a trial also writes to that one account, and puts it back. */
export const checkConnector = async (
  { ledger, connector, call }: Asking,
  trial: Trial | null,
  odd: OddSecrets,
  now: number,
): Promise<Checked> => {
  const source = [...odd.source, ...(await checkSource(connector, now, call))];
  const checked: Record<string, readonly CheckLine[]> = {};
  for (const [id, target] of connector.targets) {
    const asked = trialAt(connector, id, trial);
    checked[id] = await withOneSlot({ ledger, call }, target, (leased) =>
      underClaim({ ledger, connector, call: leased }, target, asked, async () => {
        const lines: CheckLine[] = [...(odd.targets[id] ?? [])];
        for await (const line of target.examine(asked, leased)) lines.push(line);
        return lines;
      }),
    );
    checked[id] = [...(checked[id] ?? []), ...(await keeperLines(ledger, connector.id, id))];
  }
  return { source, targets: checked };
};

/** A line for each other connector that owns attributes of the same accounts; none if there is no such connector. */
const keeperLines = async (ledger: Ledger, connector: string, target: string): Promise<readonly CheckLine[]> =>
  (await keptElsewhere(ledger, connector, target)).map(({ keeper, people }) => ({
    what: `attributes that ${keeper} owns`,
    ok: false,
    found: `of ${people} people: this connector maps them too, but does not write them`,
    remedy: `Remove the rows from one of the two connectors, or release them: attune connector release ${keeper} --target ${target}.`,
  }));

const checkSource = async ({ source, mapping }: OpenConnector, now: number, call: Call): Promise<CheckLine[]> => {
  const lines = [credentialLine(source.expires, now)];
  const unseen: AttributePath[] = [];
  const looks: readonly (readonly [what: string, look: () => Promise<string>])[] = [
    [
      'sign-in and permissions',
      async () => {
        await source.check(call, true);
        return source.groups.length === 0 ? 'people can be read' : 'people and the named groups can be read';
      },
    ],
    [
      'listing of what the mapping reads',
      async () => {
        const { users, end } = await source.readPage({ at: 'start' }, mapping.selection, call);
        if (users.length > 0) unseen.push(...unseenPaths(users, mapping.selection, source.managers === null));
        return `${users.length} people on the first page${end.more ? '' : ', which is the last'}`;
      },
    ],
  ];
  for (const [what, look] of looks) {
    try {
      lines.push({ what, ok: true, found: await look() });
    } catch (error) {
      if (!isFailure(error)) throw error;
      const { remedy } = error.facts;
      lines.push({ what, ok: false, found: error.message, ...(remedy === undefined ? {} : { remedy }) });
      return lines;
    }
  }
  return unseen.length === 0 ? lines : [...lines, unseenLine(unseen)];
};

/** A note, not a fault: few people may have an attribute. Most providers answer a slip in a name by silence. */
const unseenLine = (paths: readonly AttributePath[]): CheckLine => ({
  what: 'attributes that the mapping reads',
  ok: true,
  found: `nobody on the first page has ${paths.join(', ')}`,
  remedy: 'Check the spelling: `attune attributes <connector>` lists what people have.',
});

/** What source and targets of a connector were seen to be, of all Attune relies on; masked evidence beside each. */
export type CheckedAssumptions = { readonly source: Assumed; readonly targets: Readonly<Record<string, Assumed>> };

/** Tries every assumption at the source and at each target; with a trial also the writes, on that one account. */
export const checkAssumptions = async (
  { ledger, connector, call }: Asking,
  trial: Trial | null,
): Promise<CheckedAssumptions> => {
  const checked: Record<string, Assumed> = {};
  for (const [id, target] of connector.targets) {
    const asked = trialAt(connector, id, trial);
    checked[id] = await withOneSlot({ ledger, call }, target, (leased) =>
      underClaim({ ledger, connector, call: leased }, target, asked, () => target.assume(asked, leased)),
    );
  }
  return { source: await connector.source.assume(connector.mapping.selection, call), targets: checked };
};

/** The trial as this target gets it: the account and the attributes that are mapped there. */
const trialAt = ({ mapping, targets }: OpenConnector, id: string, trial: Trial | null): WriteTrial | null => {
  if (trial?.target != null && !targets.has(trial.target)) throw noSuchTarget(trial.target, [...targets.keys()]);
  if (trial === null || (trial.target !== null && trial.target !== id)) return null;
  return { username: trial.account, attributes: mapping.attributes.get(id) ?? [] };
};

const noSuchTarget = (target: string, all: readonly string[]): Failure =>
  new Failure('config', `The connector has no target ${target}.`, { remedy: `It has: ${all.join(', ')}.` });
