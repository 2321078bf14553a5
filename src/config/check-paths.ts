import { z } from 'zod';
import { groupsNamed, pathsOf } from '../core/expression/paths.ts';
import type { Written } from './check-expressions.ts';
import { closest } from './closest.ts';
import { type Finding, wrong } from './problem.ts';

/** What a kind of source tells about itself without a connection. */
export type SourceKind = {
  readonly settings: z.ZodType<unknown>;
  readonly refusedPaths: (
    settings: unknown,
    paths: readonly string[],
  ) => readonly { readonly path: string; readonly why: string; readonly remedy: string }[];
};

const named = z.looseObject({ kind: z.string() });
const withGroups = z.looseObject({ groups: z.record(z.string(), z.unknown()).catch({}) });

/** What expressions read that their source can never give: paths it refuses, and groups that it does not name. */
export const checkPaths = (
  source: unknown,
  expressions: readonly Written[],
  kinds: ReadonlyMap<string, SourceKind>,
): Finding[] => {
  const kind = kinds.get(named.catch({ kind: '' }).parse(source).kind);
  const settings = kind?.settings.safeParse(source);
  if (kind === undefined || settings?.success !== true) return [];
  const { groups } = withGroups.catch({ groups: {} }).parse(settings.data);
  const known = Object.keys(groups);
  return expressions.flatMap(({ text, place, uses = [] }) => {
    const paths = [...pathsOf(text), ...uses];
    const readsGroups = paths.includes('groups');
    const ofSource = paths.filter((path) => path !== 'groups' && !path.startsWith('groups.'));
    const refused = kind
      .refusedPaths(settings.data, ofSource)
      .map(({ path, why, remedy }) => wrong(place, `${path} cannot be read: ${why}.`, remedy));
    if (readsGroups && known.length === 0) {
      const message = 'This reads groups, and the source names none.';
      return [...refused, wrong(place, message, 'Name them under `groups` of the source.')];
    }
    const unknown = groupsNamed(text).filter((group) => !known.includes(group));
    return [
      ...refused,
      ...unknown.map((group) => {
        const near = closest(group, known);
        const remedy = near === null ? `It names: ${known.join(', ')}.` : `Did you mean ${near}?`;
        return wrong(place, `The source names no group ${group}.`, remedy);
      }),
    ];
  });
};
