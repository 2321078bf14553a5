import { z } from 'zod';
import { closest } from '../../core/closest.ts';
import { type Comparison, comparisonsIn } from '../../core/expression/comparisons.ts';
import { groupsNamed, pathsOf } from '../../core/expression/paths.ts';
import type { Shapes } from '../../core/shapes.ts';
import { doubtful, type Finding, type Place, wrong } from '../problem.ts';
import type { Written } from './expressions.ts';
import { doubtOfPart, doubtsOfWhole } from './shapes.ts';

/** What is known about a kind of source without a connection. */
export type SourceKind = {
  readonly settings: z.ZodType<unknown>;
  readonly refusedPaths: (
    paths: readonly string[],
  ) => readonly { readonly path: string; readonly why: string; readonly remedy: string }[];
  readonly usualPaths: readonly string[];
  readonly shapes: Shapes;
  readonly truthPaths: readonly string[];
  readonly numberPaths: readonly string[];
  readonly ownPaths: RegExp;
};

const named = z.looseObject({ kind: z.string() });
const withGroups = z.looseObject({ groups: z.record(z.string(), z.unknown()).catch({}) });

/**
 * What expressions read that their source cannot give: paths it refuses, groups that it does not name, and, as a doubt
 * only, paths that no tenant has of itself.
 */
export const checkPaths = (
  source: unknown,
  expressions: readonly Written[],
  kinds: ReadonlyMap<string, SourceKind>,
): Finding[] => {
  const kind = kinds.get(named.catch({ kind: '' }).parse(source).kind);
  if (kind === undefined) return [];
  // The rest of the source may be wrong too: everything is reported at once.
  const { groups } = withGroups.catch({ groups: {} }).parse(source);
  const known = Object.keys(groups);
  return expressions.flatMap(({ text, place, role, uses = [] }) => {
    // Curly quotation marks are told as what they are.
    const paths = [...new Set([...pathsOf(text), ...uses])].filter((path) => !/[‘’“”„]/.test(path));
    const readsGroups = paths.includes('groups');
    const ofSource = paths.filter((path) => path !== 'groups' && !path.startsWith('groups.'));
    const never = kind.refusedPaths(ofSource);
    const refused = [
      ...never.map(({ path, why, remedy }) => wrong(place, `${path} cannot be read: ${why}.`, remedyFor(path, remedy))),
      ...ofSource
        .filter((path) => never.every((one) => one.path !== path))
        .flatMap((path) => doubtOf(path, kind).map((doubt) => ({ ...doubt, place }))),
      ...comparisonsIn(text).flatMap((one) => neverEqual(one, kind, place)),
      ...(role === 'key' ? keysOfTruth(text, kind, place) : []),
      ...(role === 'condition' ? [] : doubtsOfWhole(text, place, kind)),
    ];
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

/** The doubt about a path that is not among the usual ones; the manager has the attributes of any other person. */
const doubtOf = (path: string, kind: SourceKind): Omit<Finding, 'place'>[] => {
  const { usualPaths, ownPaths } = kind;
  const ofPart = doubtOfPart(path, kind);
  if (ofPart !== null) return [ofPart];
  const own = path.replace(/^manager\./, '');
  const known = usualPaths.some((usual) => usual === own || usual.startsWith(`${own}.`) || isLeafAbove(usual, own));
  if (known) return [];
  const near = nearestPath(own, kind);
  if (near === null && ownPaths.test(own)) return [];
  const meant = near === null ? '' : `Did you mean ${path.slice(0, path.length - own.length)}${near}? `;
  return [
    {
      severity: 'warning',
      message: `${path} is not an attribute that every directory of this kind has.`,
      remedy: `${meant}${literalHint(path)}Keep it if yours has it: \`attune attributes\` lists what it offers.`,
    },
  ];
};

/** What was meant by a name that cannot be read: a text or a word of another language, or else what the source says. */
const remedyFor = (path: string, remedy: string): string => {
  const hint = literalHint(path);
  return hint === '' || remedy.startsWith('Did you mean') ? `${hint}${remedy}` : hint.trimEnd();
};

/** What a name may have been meant as that looks like a text or like a word of another language. */
const literalHint = (path: string): string => {
  if (/^(true|false)$/i.test(path)) return `Write ${path.toLowerCase()} in small letters. `;
  if (/^(undefined|nil|none|null)$/i.test(path)) return 'Write $exists(mail), or $not($exists(mail)). ';
  return /^[A-Z]\w*$/.test(path) ? `For the text put it in quotes: '${path}'. ` : '';
};

/** The doubt about accounts that are looked for by what is true or false. */
const keysOfTruth = (text: string, { truthPaths }: SourceKind, place: Place): Finding[] =>
  truthPaths.includes(text.trim().replace(/^manager\./, ''))
    ? [doubtful(place, `${text.trim()} is true or false, which names no account.`, 'Name another attribute.')]
    : [];

/** The doubt about a comparison of an attribute with a value of another kind, which is false for everybody. */
const neverEqual = ({ path, with: value }: Comparison, kind: SourceKind, place: Place): Finding[] => {
  const own = path.replace(/^manager\./, '');
  const shown = typeof value === 'string' ? `'${value}'` : String(value);
  if (kind.truthPaths.includes(own)) {
    if (typeof value === 'boolean') return [];
    const meant = /^(true|1|yes)$/i.test(String(value))
      ? path
      : /^(false|0|no)$/i.test(String(value))
        ? `$not(${path})`
        : null;
    const message = `${path} is true or false, so it never equals ${shown}.`;
    return [doubtful(place, message, meant === null ? `Compare it with true or false.` : `Write ${meant}.`)];
  }
  if (!kind.usualPaths.includes(own)) return [];
  if (typeof value === 'number' && !kind.numberPaths.includes(own)) {
    const message = `${path} is text, so it never equals the number ${value}.`;
    return [doubtful(place, message, `Put the number in quotes, as the directory writes it: '${value}'.`)];
  }
  if (typeof value !== 'boolean') return [];
  return [
    doubtful(
      place,
      `${path} is never ${shown}, because it is not true or false.`,
      `Compare it with a text, or write $exists(${path}).`,
    ),
  ];
};

/** The usual path that was most nearly meant: among its siblings, whose common beginning says nothing, or else any. */
const nearestPath = (path: string, { usualPaths, ownPaths }: SourceKind): string | null => {
  const parent = path.slice(0, path.lastIndexOf('.') + 1);
  const siblings = usualPaths.filter((usual) => usual.slice(0, usual.lastIndexOf('.') + 1) === parent);
  if (siblings.length === 0) return ownPaths.test(path) ? null : closest(path, usualPaths);
  const names = siblings.map((usual) => usual.slice(parent.length));
  const near = closest(path.slice(parent.length), names);
  return near === null ? null : parent + near;
};

/** Whether a path is below a usual one whose parts are not listed individually. */
const isLeafAbove = (usual: string, path: string): boolean => path.startsWith(`${usual}.`);
