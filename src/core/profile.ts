/**
 * One attribute of an account, written `kind:name` in ledger and reports: `field:phone` for a fixed field of the
 * product, `userProperty:Cost center` for a name the admin chose.
 */
export type AttributeId = `field:${string}` | `userProperty:${string}`;

/** What an account holds, by attribute; an attribute without a value is absent, never the empty text. */
export type Profile = ReadonlyMap<AttributeId, string>;

/** The rule a target has for a value; lengths count UTF-16 units, bytes of UTF-8, or bytes of the value as JSON. */
export type ValueRule = {
  readonly maxLength: number;
  readonly unit: 'characters' | 'bytes' | 'JSON bytes';
};

/**
 * The rule for a name the admin chooses. `pattern` is a regular expression the whole name must match, `takes` says the
 * same in words.
 */
export type NameRule = {
  readonly maxLength: number;
  readonly unit: 'characters' | 'bytes';
  readonly pattern: string;
  readonly takes: string;
};

/** What a target can hold; known without a connection, so that a document is validated offline. */
export type TargetAttributes = {
  readonly fields: Readonly<Record<string, ValueRule>>;
  readonly userProperty: { readonly name: NameRule; readonly value: ValueRule } | null;
};

/** How to overwrite a value found in the target; the words of the document. */
export type OverwritePolicy = 'always' | 'ifEmpty' | 'onlyOurs';

/** What the mapping wants for one attribute: a value, an emptied attribute, or the present value left as it is. */
export type Desired =
  | { readonly do: 'set'; readonly value: string; readonly overwrite: OverwritePolicy }
  | { readonly do: 'clear'; readonly whose: 'ours' | 'any' }
  | { readonly do: 'keep' };

/** The mapping's result for one account: every mapped attribute of the target has an entry. */
export type DesiredProfile = ReadonlyMap<AttributeId, Desired>;

/** One attribute of one account, before and after; `null` is "no value". */
export type Change = {
  readonly attribute: AttributeId;
  readonly before: string | null;
  readonly after: string | null;
};

/**
 * What became of a change: `applied` was written now, `already` was there (an earlier attempt wrote it), `moved` means
 * the target holds neither `before` nor `after` and was not written to, `rejected` means the target refused it.
 * `unknown` was sent and got no answer that tells: it may have been carried out, now or later. `unsent` never was.
 */
export type ChangeResult = {
  readonly attribute: AttributeId;
  readonly status: 'applied' | 'already' | 'moved' | 'rejected' | 'unknown' | 'unsent';
  readonly reason?: string;
};

/**
 * The answers about the changes of one account: one for each, in their order. `ended` is what cut the writing short (a
 * `Failure`, or the reason of the abort) and null if nothing did; the answers before it are in `results`.
 */
export type Written = { readonly results: readonly ChangeResult[]; readonly ended: unknown };
