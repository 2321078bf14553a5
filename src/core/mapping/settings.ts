import type { Umlauts } from '../plain-letters.ts';
import type { OverwritePolicy } from '../profile.ts';

/** JSONata as an admin writes it; a path is its simplest form. */
export type ExpressionText = string;

/** Where the value of a row comes from. */
export type ValueFrom =
  | ExpressionText
  | { readonly constant: string }
  | { readonly firstOf: readonly ExpressionText[] }
  | { readonly join: readonly ExpressionText[]; readonly with: string };

/** One step on the way of a value; a lookup holds its table, so that a stored version is self-contained. */
export type Transform =
  | 'trim'
  | 'lower'
  | 'upper'
  | 'capitalise'
  | 'ascii'
  | { readonly ascii: Umlauts }
  | { readonly replace: { readonly find: string; readonly with: string } }
  | { readonly regex: { readonly find: string; readonly replace: string } }
  | { readonly lookup: { readonly values: Readonly<Record<string, string>> } };

/** What a row does with a value that no lookup, replace or regex of it applies to. */
export type NoTransformPolicy = 'useValue' | 'keep' | 'clear' | 'skipUser';

/** What a row does when its source gives nothing. */
export type EmptyPolicy = 'clearOurs' | 'clear' | 'keep';

/** What a row does with a value longer than the target can hold. */
export type TooLongPolicy = 'skip' | 'truncate';

/** One row of the mapping; exactly one of `field` and `userProperty` names the attribute. */
export type AttributeRow = {
  readonly field?: string | undefined;
  readonly userProperty?: string | undefined;
  readonly when?: ExpressionText | undefined;
  readonly from: ValueFrom;
  readonly transforms: readonly Transform[];
  readonly whenNoTransformApplies: NoTransformPolicy;
  readonly whenEmpty: EmptyPolicy;
  readonly overwrite: OverwritePolicy;
  readonly whenTooLong: TooLongPolicy;
  readonly keepOrder: boolean;
  readonly uses?: readonly string[] | undefined;
};

/** One step of finding an account: by username or by mail, from one expression or a list of them. */
export type MatchRow =
  | { readonly username: ExpressionText | readonly ExpressionText[] }
  | { readonly email: ExpressionText | readonly ExpressionText[] };

/** What a connector writes to one target. */
export type TargetMapping = {
  readonly target: string;
  readonly scope?: ExpressionText | undefined;
  readonly match: readonly MatchRow[];
  readonly attributes: readonly AttributeRow[];
};

/** The part of a connector that decides what a person's profile should be. */
export type MappingSettings = {
  readonly scope?: ExpressionText | undefined;
  readonly to: readonly TargetMapping[];
};
