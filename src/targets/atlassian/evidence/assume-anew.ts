import { type Assumed, type Assumption, judged } from '../../../core/assumption.ts';
import type { Connection } from '../connection.ts';
import type { Session } from '../sign-in/session.ts';
import { masked } from './mask.ts';
import { type Recorded, recording } from './record.ts';

/** Tries a product through a separate session, and judges every assumption by what was seen. */
export const assumeAnew = async (
  kind: string,
  connection: Connection,
  open: (connection: Connection) => Session,
  work: (session: Session) => Promise<void>,
  assumptions: (seen: readonly Recorded[]) => readonly Assumption[],
): Promise<Assumed> => {
  const { connection: watched, seen } = recording(connection);
  const session = open(watched);
  try {
    await work(session);
  } finally {
    await session.close();
  }
  return { lines: judged(assumptions(seen)), evidence: masked(kind, session.username, seen) };
};
