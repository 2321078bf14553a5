import { sql } from 'kysely';
import type { AttributeId } from '../../core/profile.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';

/** A change that a plan holds for somebody until it is decided over or carried out. */
export type HeldChange = { readonly run: string; readonly target: string; readonly attribute: AttributeId };

/**
 * What held plans of everybody hold for one person: a run of that person alone writes it all the same. A plan that was
 * only asked for holds the attributes at fault.
 */
export const heldChangesOf = async (ledger: Ledger, connector: string, person: SourceId): Promise<HeldChange[]> => {
  const { rows } = await sql<HeldChange>`select c.run, c.target, c.attribute
    from run r join change c on c.run = r.id and c.person = ${person} and c.status = 'planned'
    where r.connector = ${connector} and r.person is null
      and (r.status = 'approved' or (r.plan_expires_at > now() and (r.status = 'awaitingApproval'
        or (r.status = 'planned' and r.guard -> 'atFault' @> jsonb_build_array(
          jsonb_build_object('target', c.target, 'attribute', c.attribute))))))
    order by r.started_at, c.target, c.attribute`.execute(ledger.db);
  return rows;
};
