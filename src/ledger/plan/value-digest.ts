import type { AttributeId } from '../../core/profile.ts';
import type { Ledger } from '../open.ts';

/** Enough of a keyed hash to tell values apart. */
const bytes = 16;

/** The keyed hash of a value of an attribute, by which like changes are counted without opening any. */
export const valueDigest = (ledger: Pick<Ledger, 'keyring'>, attribute: AttributeId, value: string): Buffer =>
  ledger.keyring.digest(`value:${attribute}:${value}`).subarray(0, bytes);
