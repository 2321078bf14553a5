import type { MatchBy, MatchStep } from '../people/match.ts';
import type { AttributeId, Desired, DesiredProfile } from '../profile.ts';
import type { KeptValue } from '../report/kept.ts';
import type { Reason } from '../report/reasons.ts';
import type { AttributePath, SourceUser } from '../values.ts';
import type { WorkedOut } from './worked-out.ts';

/** What the mapping says of one person at one target. What reasons say names rows and paths, never values. */
export type TargetEvaluation =
  | ({ readonly kind: 'outOfScope' | 'skipped' | 'failed' } & Reason)
  | {
      readonly kind: 'mapped';
      readonly desired: DesiredProfile;
      /** The row of the document that decided each attribute, counted from 0. */
      readonly rows: ReadonlyMap<AttributeId, number>;
      readonly match: readonly MatchStep[];
      /** What rows could not write unchanged. */
      readonly kept: readonly KeptValue[];
    };

/**
 * One step on the way to an evaluation, for explaining it; `target` is null for the connector's own scope. `row` counts
 * the target's rows in the document from 0, and a row that does not apply decides nothing.
 */
export type MappingStep = { readonly target: string | null } & (
  | { readonly step: 'scope'; readonly holds: boolean }
  | { readonly step: 'match'; readonly by: MatchBy; readonly values: readonly string[] }
  | {
      readonly step: 'row';
      readonly row: number;
      readonly attribute: AttributeId;
      readonly decision: Desired | 'skipUser' | null;
      readonly why: string;
      /** The texts its source gave, and for each what every transform made of it: null where one did not fit. */
      readonly found: readonly string[];
      readonly transformed: readonly (readonly (string | null)[])[];
    }
);

/** Told each step as it is taken; steps hold values, so they go to nobody but the one who asked. */
export type TellStep = (step: MappingStep) => void;

/**
 * What one row decides; `skipUser` leaves the whole person out. `why` says it in words, without a value; `kept` holds
 * the values it could not give as they are.
 */
export type RowResult = {
  readonly decision: Desired | 'skipUser';
  readonly why: string;
  readonly kept?: readonly Omit<KeptValue, 'attribute'>[];
};

/**
 * Keeps what was found of a person for evaluations of other mappings over the very same attributes: whoever has other
 * attributes to evaluate begins a new one. Of each attribute it keeps what its latest rows decided.
 */
export type Memory = { values: WorkedOut | null; readonly decided: Map<string, Decided> };

/** What the rows of an attribute decided, and the steps told on the way; `rows` is the text of these very rows. */
export type Decided = {
  readonly rows: string;
  readonly result: RowResult & { readonly row: number | null };
  readonly told: readonly MappingStep[];
};

/**
 * A connector's mapping, compiled once per run. `evaluate` is total: an expression's error is that target's `failed`,
 * never an exception. Groups a person is in come as the attribute `groups`, a list of the document's group names. With a
 * `memory` of the same attributes, only what is new is worked out and decided.
 */
export type CompiledMapping = {
  /** Every source attribute the expressions read, for the provider's own selection. */
  readonly selection: readonly AttributePath[];
  /** The same, apart: what the scopes read, and each attribute of each target. */
  readonly reads: {
    readonly scope: readonly AttributePath[];
    readonly attributes: ReadonlyMap<string, ReadonlyMap<AttributeId, readonly AttributePath[]>>;
  };
  /** Whether an expression reads `groups`: only then are the members of groups read. */
  readonly readsGroups: boolean;
  /** The attributes mapped at each target, in the document's order. */
  readonly attributes: ReadonlyMap<string, readonly AttributeId[]>;
  /** The rules each target's accounts are found by, as one text: a link found by other rules is examined anew. */
  readonly matchRules: ReadonlyMap<string, string>;
  readonly evaluate: (
    user: SourceUser,
    tell?: TellStep,
    memory?: Memory,
  ) => Promise<ReadonlyMap<string, TargetEvaluation>>;
};
