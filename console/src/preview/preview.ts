import { isFailure } from '../../../src/core/failure.ts';
import { compileMapping } from '../../../src/core/mapping/compile.ts';
import type { CompiledMapping } from '../../../src/core/mapping/mapping.ts';
import type { MappingSettings } from '../../../src/core/mapping/settings.ts';
import { decisionsFor } from '../../../src/core/plan/diff.ts';
import type { AttributeId, Desired, TargetAttributes } from '../../../src/core/profile.ts';
import { sentenceOf } from '../../../src/core/report/reasons.ts';
import type { JsonObject } from '../../../src/core/values.ts';

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

/** Runs a mapping over people with the very code of a run. */
export const previewOf = async (
  settings: MappingSettings,
  rules: ReadonlyMap<string, TargetAttributes>,
  people: readonly PreviewPerson[],
  /** Told before each person how many are done. */
  tell: (done: number) => void = () => undefined,
): Promise<Preview> => {
  let mapping: CompiledMapping;
  try {
    mapping = compileMapping(settings, { attributes: rules });
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { ok: false, message: error.sentence };
  }
  const ends: Record<string, PreviewEnd>[] = [];
  for (const one of people) {
    tell(ends.length);
    ends.push(await endsOf(mapping, one));
  }
  const reads = mapping.readsGroups ? [...mapping.selection, 'groups'] : mapping.selection;
  return { ok: true, ends, reads };
};

const endsOf = async (mapping: CompiledMapping, one: PreviewPerson): Promise<Record<string, PreviewEnd>> => {
  const said = new Map<string, string>();
  const attributes = selected(one.attributes, mapping);
  const evaluated = await mapping.evaluate({ id: one.person, attributes }, (step) => {
    if (step.step === 'row') said.set(`${step.target} ${step.attribute}`, step.why);
  });
  const ends: Record<string, PreviewEnd> = {};
  for (const [target, evaluation] of evaluated) {
    if (evaluation.kind !== 'mapped') {
      ends[target] = { kind: evaluation.kind, reason: sentenceOf(evaluation.reason, evaluation.facts) };
      continue;
    }
    const held = one.targets[target];
    const current = new Map<AttributeId, string>();
    const ours = new Set<AttributeId>();
    for (const attribute of evaluation.desired.keys()) {
      const value = held?.values[attribute] ?? null;
      if (value !== null) current.set(attribute, value);
      if (held?.ours.includes(attribute)) ours.add(attribute);
    }
    ends[target] = {
      kind: 'mapped',
      known: held !== undefined,
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

const wantedOf = (desired: Desired | undefined): string | null => (desired?.do === 'set' ? desired.value : null);

/** The attributes a run would have asked for, and no others: what a mapping does not name it does not see. */
const selected = (attributes: JsonObject, { selection, readsGroups }: CompiledMapping): JsonObject => {
  const tops = new Set(selection.map((path) => path.split('.')[0] ?? path));
  if (readsGroups) tops.add('groups');
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => tops.has(name)));
};
