import type { Keyring } from './keyring.ts';

/**
 * What every sealed value of the ledger is bound to: the columns it may be stored in, and the fields of its row. A
 * value that was moved to another column, person or run does not open. The fields never change for the life of the row;
 * a connector's id is not among them if the row survives a rename of the connector.
 */
export const bindings = {
  /** The text of an account is copied from the listing to whoever is matched, and bound to the account it is of. */
  account: {
    columns: [
      'account.sealed',
      'found_account.account_sealed',
      'manual_link.account_sealed',
      'profile.account_sealed',
      'staged_user.account_sealed',
    ],
    by: ['target', 'account'],
  },
  values: { columns: ['profile.values_sealed'], by: ['target', 'person'] },
  label: { columns: ['label.label_sealed'], by: ['person'] },
  desired: { columns: ['staged_user.desired_sealed'], by: ['run', 'target', 'person'] },
  found: { columns: ['staged_user.found_sealed'], by: ['run', 'target', 'person'] },
  before: { columns: ['change.before_sealed'], by: ['run', 'target', 'person', 'attribute'] },
  after: { columns: ['change.after_sealed'], by: ['run', 'target', 'person', 'attribute'] },
  kept: { columns: ['kept_value.value_sealed'], by: ['run', 'target', 'person', 'attribute'] },
  leftAlone: { columns: ['left_alone.value_sealed'], by: ['target', 'person', 'attribute'] },
  lastRead: { columns: ['last_read.attributes_sealed'], by: ['person'] },
  attributes: { columns: ['run_person.attributes_sealed'], by: ['run', 'person'] },
  manager: { columns: ['run_person.manager_sealed'], by: ['run', 'person'] },
  place: { columns: ['read_page.place_sealed'], by: ['run', 'readNo', 'pageNo'] },
  next: { columns: ['read_page.next_sealed'], by: ['run', 'readNo', 'pageNo'] },
  reached: { columns: ['read_page.watermark_sealed'], by: ['run', 'readNo', 'pageNo'] },
  nextAccounts: { columns: ['account_page.next_sealed'], by: ['run', 'target', 'pageNo'] },
  nextMembers: { columns: ['member_page.next_sealed'], by: ['run', 'group', 'pageNo'] },
  watermark: { columns: ['watermark.value_sealed'], by: ['connector'] },
  lookup: { columns: ['lookup.value_sealed'], by: ['key'] },
} as const;

/** A kind of sealed value. */
export type Sealed = keyof typeof bindings;

/** The fields of its row that a sealed value is bound to. */
export type SealedRow<Kind extends Sealed> = Readonly<Record<(typeof bindings)[Kind]['by'][number], string | number>>;

type Sealing = { readonly keyring: Keyring };

const contextOf = <Kind extends Sealed>(kind: Kind, row: SealedRow<Kind>): string => {
  const fields: readonly (keyof SealedRow<Kind>)[] = bindings[kind].by;
  return JSON.stringify([kind, ...fields.map((field) => String(row[field]))]);
};

/** What values were bound to before all of them were: two kinds to one field, the others to nothing. */
const earlierContextOf = (kind: Sealed, row: Readonly<Record<string, string | number>>): string => {
  if (kind === 'watermark') return `watermark:${row.connector}`;
  return kind === 'lookup' ? String(row.key) : '';
};

/** Seals a value for the row it will be stored in; no value stays none. */
export function seal<Kind extends Sealed>(ledger: Sealing, kind: Kind, row: SealedRow<Kind>, value: string): Buffer;
export function seal<Kind extends Sealed>(
  ledger: Sealing,
  kind: Kind,
  row: SealedRow<Kind>,
  value: string | null,
): Buffer | null;
export function seal<Kind extends Sealed>(ledger: Sealing, kind: Kind, row: SealedRow<Kind>, value: string | null) {
  return value === null ? null : ledger.keyring.seal(value, contextOf(kind, row));
}

/**
 * Opens what was sealed for this row; no value stays none. Throws `config` for what was changed, or moved here from
 * elsewhere. Values from before they were bound open as well, and are bound when they are next written.
 */
export function unseal<Kind extends Sealed>(ledger: Sealing, kind: Kind, row: SealedRow<Kind>, sealed: Buffer): string;
export function unseal<Kind extends Sealed>(
  ledger: Sealing,
  kind: Kind,
  row: SealedRow<Kind>,
  sealed: Buffer | null,
): string | null;
export function unseal<Kind extends Sealed>(ledger: Sealing, kind: Kind, row: SealedRow<Kind>, sealed: Buffer | null) {
  return sealed === null ? null : ledger.keyring.open(sealed, contextOf(kind, row), earlierContextOf(kind, row));
}
