import { z } from 'zod';
import { credentialLine } from '../../core/expiry.ts';
import { doubtful, type Finding, type Place } from '../problem.ts';

const dated = z.looseObject({ auth: z.looseObject({ expires: z.iso.date() }) });

/** A credential that has ended, or ends within thirty days, by the day the document says. */
export const checkExpiry = (source: unknown, place: Place, now: number): Finding[] => {
  const parsed = dated.safeParse(source);
  if (!parsed.success) return [];
  const { ok, found, remedy } = credentialLine(parsed.data.auth.expires, now);
  if (ok && remedy === undefined) return [];
  return [doubtful([...place, 'auth', 'expires'], `The credential is ${found}.`, remedy ?? '')];
};
