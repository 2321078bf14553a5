import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import { codeOf, isConnectionLost } from './database-failure.ts';
import type { Tables } from './schema.ts';

/** How often a transaction is begun at most. */
const attempts = 4;

/**
 * Runs work in one transaction. It is repeated if PostgreSQL rolled it back in favour of another one, or if the
 * connection was lost before anything could have been committed; the work must therefore do nothing but talk to the
 * database. Once COMMIT was sent nobody can know whether it came through, so that failure is handed on.
 */
export const inTransaction = async <Result>(
  ledger: { readonly db: Kysely<Tables> },
  work: (trx: Transaction<Tables>) => Promise<Result>,
): Promise<Result> => {
  for (let attempt = 1; ; attempt += 1) {
    let isCommitting = false;
    try {
      return await ledger.db.transaction().execute(async (trx) => {
        const result = await work(trx);
        isCommitting = true;
        return result;
      });
    } catch (error) {
      const code = codeOf(error);
      if (attempt === attempts || !(rolledBack.has(code) || (!isCommitting && isConnectionLost(error)))) throw error;
    }
    await sleep(Math.random() * 100 * 2 ** attempt);
  }
};

/** Serialization failure, deadlock, lock not available (PostgreSQL 18, appendix A): rolled back, whatever was sent. */
const rolledBack = new Set(['40001', '40P01', '55P03']);
