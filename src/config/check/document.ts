import { z } from 'zod';
import { closest } from '../../core/closest.ts';
import { partsOf } from '../../core/mapping/match.ts';
import type { MatchBy } from '../../core/people/match.ts';
import type { CountRequests } from '../../core/plan/requests.ts';
import type { TargetAttributes } from '../../core/profile.ts';
import { type Finding, type Place, wrong } from '../problem.ts';
import { targetMappingSchema, type WrittenMapping } from '../schema/mapping.ts';
import { checkExpiry } from './expiry.ts';
import { checkExpression, checkExpressions, expressionsOf, type Written } from './expressions.ts';
import { checkPaths, type SourceKind } from './paths.ts';
import { checkRows } from './rows.ts';
import { checkSchedules } from './schedules.ts';

/** What is known about a kind of target without a connection. */
export type TargetKind = {
  readonly settings: z.ZodType<unknown>;
  readonly matchesBy: readonly MatchBy[];
  readonly attributes: (settings: unknown) => TargetAttributes;
  readonly requests: (settings: unknown) => CountRequests;
};

const outline = z.looseObject({
  targets: z.record(z.string(), z.unknown()).catch({}),
  connectors: z
    .array(
      z
        .looseObject({
          id: z.unknown().optional(),
          source: z.unknown().optional(),
          scope: z.unknown().optional(),
          to: z.array(z.unknown()).catch([]),
          schedules: z.array(z.unknown()).catch([]),
        })
        .catch({ id: undefined, source: undefined, scope: undefined, to: [], schedules: [] }),
    )
    .catch([]),
});

/** Target names with what is known of them: null where their own settings are wrong. */
type Known = ReadonlyMap<string, { readonly kind: TargetKind; readonly attributes: TargetAttributes } | null>;

/**
 * What is wrong beyond the shape of a document. It checks each part whose shape is valid, whatever is wrong with the
 * others, so that an admin sees everything at once; `now` (epoch ms) is the time from which clock changes are searched
 * for.
 */
export const checkDocument = (
  value: unknown,
  sources: ReadonlyMap<string, SourceKind>,
  kinds: ReadonlyMap<string, TargetKind>,
  now: number,
): Finding[] => {
  const { targets, connectors } = outline.catch({ targets: {}, connectors: [] }).parse(value);
  const known: Known = new Map(Object.entries(targets).map(([name, settings]) => [name, knownOf(settings, kinds)]));
  return connectors.flatMap(({ id, source, scope, to, schedules }, index) => {
    const place = ['connectors', index];
    const twice = connectors.findIndex((other) => other.id === id) < index;
    return [
      ...(twice && typeof id === 'string'
        ? [wrong([...place, 'id'], `The connector ${id} is already defined above.`, 'Give each connector its own id.')]
        : []),
      ...(typeof scope === 'string'
        ? checkExpression({ text: scope, place: [...place, 'scope'], role: 'condition' })
        : []),
      ...checkTargets(to, [...place, 'to'], known),
      ...checkPaths(source, readersOf(scope, to, place), sources),
      ...checkSchedules(schedules, place, now),
      ...checkExpiry(source, [...place, 'source'], now),
    ];
  });
};

/** Every expression of a connector that can be read. */
const readersOf = (scope: unknown, to: readonly unknown[], place: Place): Written[] => [
  ...(typeof scope === 'string' ? [{ text: scope, place: [...place, 'scope'], role: 'condition' as const }] : []),
  ...to.flatMap((written, index) => {
    const parsed = targetMappingSchema.safeParse(written);
    return parsed.success ? expressionsOf(parsed.data, [...place, 'to', index]) : [];
  }),
];

const knownOf = (settings: unknown, kinds: ReadonlyMap<string, TargetKind>) => {
  const named = z.looseObject({ kind: z.string() }).safeParse(settings);
  const kind = named.success ? kinds.get(named.data.kind) : undefined;
  if (kind === undefined) return null;
  const parsed = kind.settings.safeParse(settings);
  return parsed.success ? { kind, attributes: kind.attributes(parsed.data) } : null;
};

const checkTargets = (to: readonly unknown[], place: Place, known: Known): Finding[] => {
  const seen = new Set<string>();
  return to.flatMap((written, index) => {
    const parsed = targetMappingSchema.safeParse(written);
    if (!parsed.success) return [];
    const at = [...place, index];
    const { target } = parsed.data;
    const twice = seen.has(target);
    seen.add(target);
    return [
      ...(twice ? [wrong([...at, 'target'], `${target} is already listed above.`, 'Put its rows in one list.')] : []),
      ...checkTarget(parsed.data, at, known),
      ...checkExpressions(parsed.data, at),
    ];
  });
};

const checkTarget = (mapping: WrittenMapping, place: Place, known: Known): Finding[] => {
  const target = known.get(mapping.target);
  if (target === null) return [];
  if (target === undefined) {
    const near = closest(mapping.target, [...known.keys()]);
    const remedy = near === null ? 'Name it under `targets`.' : `Did you mean ${near}?`;
    return [wrong([...place, 'target'], `There is no target ${mapping.target}.`, remedy)];
  }
  const matches = mapping.match.flatMap((row, index) => {
    const { by } = partsOf(row);
    if (target.kind.matchesBy.includes(by)) return [];
    const remedy = `Match by ${target.kind.matchesBy.join(' or ')}.`;
    return [wrong([...place, 'match', index], `This target cannot be searched by ${by}.`, remedy)];
  });
  return [...matches, ...checkRows(mapping.attributes, target.attributes, [...place, 'attributes'])];
};
