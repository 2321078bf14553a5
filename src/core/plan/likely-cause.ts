import type { AttributeId } from '../profile.ts';
import type { Breach } from './guard.ts';

/** What else there is to say about a plan, to explain why it is as it is. */
export type Circumstances = {
  readonly breaches: readonly Breach[];
  readonly attributes: readonly {
    readonly target: string;
    readonly attribute: AttributeId;
    readonly filled: number;
    readonly replaced: number;
    readonly cleared: number;
  }[];
  /** The run before that was applied, with the places of the document that have changed since; null before there was one. */
  readonly since: { readonly version: number; readonly paths: readonly string[] } | null;
  readonly version: number;
  readonly directory: { readonly before: number | null; readonly now: number | null };
};

/** The name of an attribute without its kind, as people say it. */
export const attributeName = (attribute: string): string => attribute.slice(attribute.indexOf(':') + 1);

const count = (n: number): string => n.toLocaleString('en-US');
const people = (n: number): string => `${count(n)} ${n === 1 ? 'person' : 'people'}`;

/** How many places of the document a sentence names. */
const named = 3;

/** What a plan would do to how many, in one sentence: the worst that the guard found, else the largest attribute. */
export const planSentence = ({ breaches, attributes }: Pick<Circumstances, 'breaches' | 'attributes'>): string => {
  if (breaches.length > 0) return breachesSentence(breaches);
  const [largest] = [...attributes].sort((a, b) => all(b) - all(a));
  if (largest === undefined) return 'Nothing would change.';
  const done = [
    largest.filled > 0 ? `filled for ${people(largest.filled)}` : null,
    largest.replaced > 0 ? `replaced for ${people(largest.replaced)}` : null,
    largest.cleared > 0 ? `cleared for ${people(largest.cleared)}` : null,
  ].filter((part) => part !== null);
  const more = attributes.length === 1 ? '' : ', the most of any attribute';
  return `${attributeName(largest.attribute)} at ${largest.target} would be ${done.join(', ')}${more}.`;
};

/** Why a plan is held, in one sentence: the worst of its breaches. */
export const breachesSentence = (breaches: readonly Breach[]): string => {
  const [worst] = [...breaches].sort(
    (a, b) => Number(b.attribute !== null) - Number(a.attribute !== null) || excess(b) - excess(a),
  );
  return worst === undefined ? 'Nothing is held.' : `Held: ${breachSentence(worst)}.`;
};

const excess = ({ found, limit }: Breach): number => found / Math.max(limit, 1);
const all = ({ filled, replaced, cleared }: Circumstances['attributes'][number]): number => filled + replaced + cleared;

const breachSentence = ({ rule, target, attribute, found, of, over }: Breach): string => {
  const within = over === null ? '' : ` within ${over}, this run included`;
  const at = target === null ? '' : ` at ${target}`;
  const name = attribute === null ? 'a value' : attributeName(attribute);
  switch (rule) {
    case 'directoryShrink':
      return `the directory returned ${people(found)} fewer than the ${count(of)} before${within}`;
    case 'newlyUnmatched':
      return `${people(found)} of ${count(of)} no longer have an account${at}${within}`;
    case 'foreignOverwrites':
      return `${count(found)} values that Attune did not write would be replaced or cleared${at}${within}`;
    case 'clearedPeople':
    case 'perAttribute.cleared':
      return `${people(found)} of ${count(of)} would lose ${name}${at}${within}`;
    case 'changedPeople':
    case 'perAttribute.changed':
      return `${people(found)} of ${count(of)} would change ${name}${at}${within}`;
  }
};

/** Places of a document that decide when and how much is written, but on no value. */
const decidesNothing = /^connector\.(guard|rollout|schedules|notify|staleAfter|retention|patience)\b/;

/** The places that may be the cause, first those that name an attribute in question. */
const concerning = (
  paths: readonly string[],
  places: readonly { readonly attribute: AttributeId | null }[],
): readonly string[] => {
  const named = new Set(places.flatMap(({ attribute }) => (attribute === null ? [] : [`[${attribute}]`])));
  const isNamed = (path: string): boolean => [...named].some((name) => path.includes(name));
  return paths
    .filter((path) => !decidesNothing.test(path))
    .sort((one, other) => Number(isNamed(other)) - Number(isNamed(one)));
};

/** Why a plan is probably as it is, in one sentence. */
export const likelyCause = ({ breaches, attributes, since, version, directory }: Circumstances): string => {
  if (since === null)
    return 'No run of this connector has been applied yet, so everything is planned for the first time.';
  const paths = concerning(since.paths, breaches.length > 0 ? breaches : attributes);
  if (paths.length > 0) {
    const more = paths.length > named ? ` and ${paths.length - named} more` : '';
    const places = paths.length === 1 ? 'one place' : `${paths.length} places`;
    return `The document changed in ${places} since the last applied run (version ${since.version}, now ${version}): ${paths.slice(0, named).join(', ')}${more}.`;
  }
  const what = since.paths.length === 0 ? 'Nothing in the document' : 'Nothing in the document that decides on values';
  const unchanged = `${what} has changed since the last applied run:`;
  if (directory.before !== null && directory.now !== null && breaches.some(({ rule }) => rule === 'directoryShrink')) {
    const share = directory.before === 0 ? 0 : Math.round((1 - directory.now / directory.before) * 100);
    return `${unchanged} the directory returned ${count(directory.now)} people, ${share} % fewer than the ${count(directory.before)} of the last full run.`;
  }
  if (breaches.some(({ rule }) => rule === 'newlyUnmatched')) {
    return `${unchanged} accounts were removed or renamed at the target, or the attributes people are matched by have changed in the directory.`;
  }
  const [largest] = [...attributes].sort((a, b) => b.replaced + b.cleared - a.replaced - a.cleared);
  if (largest === undefined || largest.replaced + largest.cleared === 0)
    return `${unchanged} only empty attributes are filled.`;
  const name = attributeName(largest.attribute);
  return largest.cleared > largest.replaced
    ? `${unchanged} the directory no longer has a value for ${name} for ${people(largest.cleared)}.`
    : `${unchanged} the directory has a different value for ${name} for ${people(largest.replaced)}.`;
};
