import type { ChangeKindsWire, PlanWire } from '../api/schemas/plans.ts';
import { attributeName } from '../core/plan/likely-cause.ts';
import { moment } from './moment.ts';
import { decisionText } from './report-text.ts';
import { requestTexts } from './request-text.ts';
import { count, table } from './table.ts';

/** The attribute whose kinds of change tell most of a plan: the largest of those that the guard holds, else of all. */
export const tellingAttribute = ({ attributes }: PlanWire): PlanWire['attributes'][number] | null => {
  const size = (one: PlanWire['attributes'][number]): number => one.replaced + one.cleared;
  const [first] = [...attributes].sort((a, b) => Number(b.breach) - Number(a.breach) || size(b) - size(a));
  return first ?? null;
};

/** A plan as a person reads it: what and why first, then the figures, the attributes and how to decide. */
export const planText = (plan: PlanWire, kinds: ChangeKindsWire | null): string => {
  const told = tellingAttribute(plan);
  const changes = plan.attributes.length > 0 || plan.figures.some(({ breach }) => breach);
  const lines = [plan.sentence, ...(changes ? [`Likely cause: ${plan.cause}`] : [])];
  if (kinds !== null && told !== null) lines.push(...news(kinds, told.attribute));
  lines.push('', standing(plan), ...left(plan), '');
  if (!plan.judged) lines.push('The guard does not judge a plan for one person.', '');
  const judged = plan.figures.filter(({ found, breach }) => found > 0 || breach);
  if (judged.length > 0) lines.push(figures(judged), '');
  if (plan.attributes.length > 0) lines.push(attributes(plan.attributes), '');
  if (kinds !== null && told !== null && kinds.kinds.length > 0) lines.push(...kindLines(kinds, told), '');
  return [...lines, ...(changes ? whatNow(plan) : ['There is nothing to apply.'])].join('\n').trimEnd();
};

/** Before and after of everything that is planned, line by line: what is written for one person, say. */
export const changeLines = (
  changes: readonly { target: string; attribute: string; before: string | null; after: string | null }[],
): string =>
  changes
    .map(({ target, attribute, before, after }) => `${target}  ${attribute}: ${quoted(before)} -> ${quoted(after)}`)
    .join('\n');

/** Values are written by strangers: quoted, so that none of them can move the cursor. */
const quoted = (value: string | null): string => (value === null ? '(empty)' : JSON.stringify(value));

const news = ({ newValues: { distinct, unknownToAttribute } }: ChangeKindsWire, attribute: string): string[] => {
  if (distinct === 0 || unknownToAttribute === 0) return [];
  const values = distinct === 1 ? 'The one new value is' : `None of the ${count(distinct)} new values is`;
  if (unknownToAttribute < distinct) {
    return [
      `${count(unknownToAttribute)} of the ${count(distinct)} new values do not occur in ${attributeName(attribute)} today.`,
    ];
  }
  return [`${values} ${distinct === 1 ? 'nowhere ' : ''}in ${attributeName(attribute)} today.`];
};

const standing = (plan: PlanWire): string => {
  const ends = plan.expired ? 'expired at' : plan.decidable ? 'until' : null;
  const until = plan.expiresAt === null || ends === null ? '' : `, ${ends} ${moment(plan.expiresAt)}`;
  const parts = [
    `${plan.connector}, ${plan.mode} run ${plan.run}, version ${plan.version}: ${plan.status}${until}.`,
    ...(plan.heldFrom === null ? [] : [`Separated from run ${plan.heldFrom}, which applied the rest.`]),
    ...(plan.holds === null ? [] : [`Run ${plan.holds} holds what the guard separated from it.`]),
    ...(plan.supersededBy === null ? [] : [`Superseded by run ${plan.supersededBy}.`]),
    ...(plan.stale.version === null ? [] : [`The document now has version ${plan.stale.version}.`]),
    ...(plan.stale.newerRun === null ? [] : [`Run ${plan.stale.newerRun} has been carried out since.`]),
    ...(plan.note === null ? [] : [plan.note]),
  ];
  if (plan.decision !== null) parts.push(decisionText(plan.decision));
  return parts.join('\n');
};

const left = ({ attributes: all, people, forecast, status, decidable }: PlanWire): string[] => {
  const open = all.reduce((sum, one) => sum + one.open, 0);
  // What nobody can approve any more is not left to write either.
  if (open === 0 || !(decidable || status === 'approved' || status === 'running')) return [];
  const begun = open < all.reduce((sum, one) => sum + one.filled + one.replaced + one.cleared, 0);
  const requests = requestTexts(forecast);
  const time =
    forecast.seconds === null
      ? 'the time is unknown, because nothing has been written there yet'
      : `about ${span(forecast.seconds)}`;
  const pauses =
    forecast.pausesAt === null ? '' : `, pauses at ${moment(forecast.pausesAt)} until the writing hours begin again`;
  const end = forecast.endsAt === null ? '' : `, would end at ${moment(forecast.endsAt)}`;
  return [
    `Left to write: ${count(open)} values${begun ? '' : ` for ${count(people)} people`}: ${[...requests, time].join('; ')}${pauses}${end}.`,
  ];
};

const span = (seconds: number): string =>
  seconds < 120
    ? `${Math.ceil(seconds)} s`
    : seconds < 7200
      ? `${Math.ceil(seconds / 60)} min`
      : `${(seconds / 3600).toFixed(1)} h`;

const figures = (all: PlanWire['figures']): string =>
  table(
    ['guard', 'found', 'of', 'let through', ''],
    [...all]
      .sort((a, b) => Number(b.breach) - Number(a.breach))
      .map(({ rule, target, attribute, found, of, limit, over, breach }) => {
        const where = [target, attribute, over === null ? null : `within ${over}`].filter((part) => part !== null);
        return [
          `${rule}${where.length === 0 ? '' : ` (${where.join(', ')})`}`,
          found,
          of,
          limit,
          breach ? 'exceeded' : found > limit ? excused(all, { rule, target, attribute }) : '',
        ];
      }),
  );

/** Why a figure of the window beyond its limit is no breach. */
const excused = (
  all: PlanWire['figures'],
  place: Pick<PlanWire['figures'][number], 'rule' | 'target' | 'attribute'>,
) =>
  all.some(
    ({ rule, target, attribute, over, breach }) =>
      over === null && breach && rule === place.rule && target === place.target && attribute === place.attribute,
  )
    ? 'by this run alone'
    : 'by earlier runs';

const attributes = (all: PlanWire['attributes']): string =>
  table(
    ['target', 'attribute', 'filled', 'replaced', 'cleared', "of others' values", 'left out', ''],
    all.map((one) => [
      one.target,
      one.attribute,
      one.filled,
      one.replaced,
      one.cleared,
      one.foreign,
      one.leftOut,
      one.breach ? 'exceeded' : '',
    ]),
  );

const kindLines = (
  { kinds, rest }: ChangeKindsWire,
  { attribute, target }: { attribute: string; target: string },
): string[] => [
  `${attributeName(attribute)} at ${target}, the most common changes:`,
  ...kinds.map(({ before, after, people }) => `${count(people).padStart(9)}  ${quoted(before)} -> ${quoted(after)}`),
  ...(rest.kinds === 0 ? [] : [`${count(rest.people).padStart(9)}  in ${count(rest.kinds)} other kinds`]),
];

const whatNow = (plan: PlanWire): string[] => {
  if (!plan.decidable) return [];
  const held = plan.attributes.filter(({ breach }) => breach);
  const rest = held.length > 0 && held.length < plan.attributes.length;
  const without = [...new Set(held.map(({ attribute }) => ` --without '${attribute}'`))].join('');
  return [
    ...(rest ? [`Approve the rest: attune approve ${plan.run}${without}`] : []),
    `Approve all:      attune approve ${plan.run}`,
    `Reject:           attune reject ${plan.run} --comment '...'`,
    `List changes:     attune plan ${plan.run} --csv`,
  ];
};
