import { Failure } from '../../core/failure.ts';
import type { SourceId } from '../../core/values.ts';
import { readLookup } from '../../ledger/lookups.ts';
import type { Asking } from '../work.ts';
import { theUser } from './questions.ts';

/** The source id of the person with the login, mail or id that the ledger keeps under this key. */
export const findUser = async ({ ledger, connector, call }: Asking, lookup: string): Promise<SourceId> => {
  const key = await readLookup(ledger, lookup);
  if (key === null) throw new Failure('config', 'The question is no longer stored. Ask again.');
  return (await theUser({ connector, call }, key, ['id'])).id;
};
