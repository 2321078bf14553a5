import { sql } from 'kysely';

/** A target with the digest of the rules its accounts are found by. */
export type LinkedTarget = { readonly id: string; readonly basis: Buffer };

/** Whether the remembered link of profile `p` may be trusted. */
export const holds = ({ basis }: LinkedTarget) =>
  sql`p.account_digest is not null and p.left_at is null and p.link_basis = ${basis}`;
