import { leaverSpans } from '../../core/people/leavers.ts';
import type { DesiredProfile } from '../../core/profile.ts';
import { type DueLeaver, dueLeavers, stageClears } from '../../ledger/leavers/clears.ts';
import type { Ledger } from '../../ledger/open.ts';
import type { TargetAtRun } from '../open/connector.ts';
import type { Work } from '../work.ts';

/** How many leavers are made candidates between two commits. */
const partSize = 500;

/**
 * Makes candidates of the leavers of a target whose period is over: the values that the connector wrote or adopted
 * there and that are still there are to be cleared. They go through plan, guard and apply like everybody. To be called
 * when everybody else has an account.
 */
export const stageLeavers = async ({ ledger, connector, run }: Work, target: TargetAtRun): Promise<void> => {
  const spans = leaverSpans(connector.leavers);
  for (;;) {
    const due = await dueLeavers(ledger, run, target.id, spans, partSize);
    await stageClears(
      ledger,
      run,
      target.id,
      due.map((one) => ({ ...one, ...clearOf(ledger, one) })),
    );
    if (due.length < partSize) return;
  }
};

/** No wanted profile of a person who takes part has this digest: a person who comes back is written again. */
const clearOf = (
  ledger: Ledger,
  { values }: DueLeaver,
): { readonly desired: DesiredProfile; readonly digest: Buffer } => {
  const ours = [...values].filter(([, { ours, value }]) => ours && value !== null);
  const desired: DesiredProfile = new Map(ours.map(([attribute]) => [attribute, { do: 'clear', whose: 'ours' }]));
  return { desired, digest: ledger.keyring.digest('a leaver whose values are cleared') };
};
