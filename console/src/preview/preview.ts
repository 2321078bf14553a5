import { isFailure } from '../../../src/core/failure.ts';
import { compileMapping } from '../../../src/core/mapping/compile.ts';
import type { CompiledMapping, Memory, TellStep } from '../../../src/core/mapping/mapping.ts';
import { newMemory } from '../../../src/core/mapping/memory.ts';
import type { MappingSettings } from '../../../src/core/mapping/settings.ts';
import { decisionsFor } from '../../../src/core/plan/diff.ts';
import type { AttributeId, Desired, TargetAttributes } from '../../../src/core/profile.ts';
import { sentenceOf } from '../../../src/core/report/reasons.ts';
import type { JsonObject, SourceUser } from '../../../src/core/values.ts';

/** A person as the preview works on: all attributes of the source, and what is remembered of each target. */
export type PreviewPerson = {
  readonly person: string;
  readonly attributes: JsonObject;
  readonly targets: Readonly<
    Record<string, { readonly values: Readonly<Record<string, string | null>>; readonly ours: readonly string[] }>
  >;
};

/** What a run would make of one attribute of a person; `known` is false where nothing is remembered of the account. */
export type PreviewValue = {
  readonly attribute: string;
  /** What the mapping gives; null for no value. */
  readonly wanted: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly decision: 'set' | 'clear' | 'adopt' | 'same' | 'keep';
  readonly why: string;
  /** The row that decided, counted from 0. */
  readonly row: number | null;
  /** What the row said on the way: why it gave this value or none. */
  readonly said: string;
};

/** What a run would make of one person at one target. */
export type PreviewEnd =
  | { readonly kind: 'mapped'; readonly known: boolean; readonly values: readonly PreviewValue[] }
  | { readonly kind: 'outOfScope' | 'skipped' | 'failed'; readonly reason: string };

/** The whole preview, or why the mapping cannot be run. */
export type Preview =
  | {
      readonly ok: true;
      readonly ends: readonly Readonly<Record<string, PreviewEnd>>[];
      readonly reads: readonly string[];
    }
  | { readonly ok: false; readonly message: string };

/** Runs one mapping after the other; told before each person how many are done. */
export type RunPreview = (settings: MappingSettings, tell?: (done: number) => void) => Promise<Preview>;

/** After how many mappings all that is remembered is let go: each text that was ever typed is part of it. */
const forgetAfter = 500;

/**
 * Runs mappings over these people with the very code of a run. From one mapping to the next it remembers what expressions
 * gave, so that a keystroke costs the one expression it changed.
 */
export const openPreview = (
  rules: ReadonlyMap<string, TargetAttributes>,
  people: readonly PreviewPerson[],
): RunPreview => {
  const offered = new Set(people.flatMap(({ attributes }) => Object.keys(attributes)));
  const remembered = { of: '', runs: 0, people: [] as readonly Remembered[] };
  /** What is remembered of people as a mapping sees them: with other attributes in view, expressions may give another value. */
  const inView = (mapping: CompiledMapping): readonly Remembered[] => {
    const names = topsOf(mapping).filter((name) => offered.has(name));
    const of = JSON.stringify(names);
    remembered.runs += 1;
    if (remembered.runs === 1 || of !== remembered.of || remembered.runs > forgetAfter) {
      const seen = new Set(names);
      Object.assign(remembered, { of, runs: 1, people: people.map((one) => rememberedOf(one, seen)) });
    }
    return remembered.people;
  };
  return async (settings, tell = () => undefined) => {
    let mapping: CompiledMapping;
    try {
      mapping = compileMapping(settings, { attributes: rules });
    } catch (error) {
      if (!isFailure(error)) throw error;
      return { ok: false, message: error.sentence };
    }
    const ends: Record<string, PreviewEnd>[] = [];
    for (const one of inView(mapping)) {
      tell(ends.length);
      ends.push(await endsOf(mapping, one));
    }
    const reads = mapping.readsGroups ? [...mapping.selection, 'groups'] : mapping.selection;
    return { ok: true, ends, reads };
  };
};

type Remembered = {
  readonly user: SourceUser;
  readonly memory: Memory;
  readonly accounts: ReadonlyMap<string, Account>;
};
type Account = { readonly current: ReadonlyMap<AttributeId, string>; readonly ours: ReadonlySet<AttributeId> };

const rememberedOf = ({ person, attributes, targets }: PreviewPerson, names: ReadonlySet<string>): Remembered => ({
  user: { id: person, attributes: Object.fromEntries(Object.entries(attributes).filter(([name]) => names.has(name))) },
  memory: newMemory(),
  accounts: new Map(
    Object.entries(targets).map(([target, { values, ours }]) => [
      target,
      {
        current: new Map(
          Object.entries(values).flatMap(([attribute, value]) =>
            value === null ? [] : [[attribute as AttributeId, value]],
          ),
        ),
        ours: new Set(ours as readonly AttributeId[]),
      },
    ]),
  ),
});

const endsOf = async (
  mapping: CompiledMapping,
  { user, memory, accounts }: Remembered,
): Promise<Record<string, PreviewEnd>> => {
  const said = new Map<string, string>();
  const listen: TellStep = (step) => {
    if (step.step === 'row') said.set(`${step.target} ${step.attribute}`, step.why);
  };
  const ends: Record<string, PreviewEnd> = {};
  for (const [target, evaluation] of await mapping.evaluate(user, listen, memory)) {
    if (evaluation.kind !== 'mapped') {
      ends[target] = { kind: evaluation.kind, reason: sentenceOf(evaluation.reason, evaluation.facts) };
      continue;
    }
    const account = accounts.get(target);
    const { current, ours } = account ?? nothing;
    ends[target] = {
      kind: 'mapped',
      known: account !== undefined,
      values: decisionsFor(evaluation.desired, current, ours).map(({ attribute, before, after, decision, why }) => ({
        attribute,
        wanted: wantedOf(evaluation.desired.get(attribute)),
        before,
        after,
        decision,
        why,
        row: evaluation.rows.get(attribute) ?? null,
        said: said.get(`${target} ${attribute}`) ?? '',
      })),
    };
  }
  return ends;
};

const nothing: Account = { current: new Map(), ours: new Set() };

const wantedOf = (desired: Desired | undefined): string | null => (desired?.do === 'set' ? desired.value : null);

/** The attributes a run would have asked for, and no others: what a mapping does not name it does not see. */
const topsOf = ({ selection, readsGroups }: CompiledMapping): readonly string[] => {
  const tops = new Set(selection.map((path) => path.split('.')[0] ?? path));
  if (readsGroups) tops.add('groups');
  return [...tops].sort();
};
