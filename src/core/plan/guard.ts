import { keysOf } from '../map-values.ts';
import type { AttributeId } from '../profile.ts';

/** A threshold: percent of the people linked in the target, and a count; whichever is exceeded first is a breach. */
export type Limit = { readonly percent: number; readonly count: number };

/** What to do with a plan that breaches: hold it for a person, hold the attributes at fault alone, or fail the run. */
export const breachPolicies = ['waitForApproval', 'holdAttribute', 'fail'] as const;
export type OnBreach = (typeof breachPolicies)[number];

/** What a plan would do with one attribute of a target. */
export type AttributeImpact = {
  readonly attribute: AttributeId;
  readonly changed: number;
  readonly cleared: number;
  readonly foreign: number;
};

/** What a plan would do at one target, counted over the stored changes. `linked` are the people with an account. */
export type TargetImpact = {
  readonly target: string;
  readonly linked: number;
  readonly changedPeople: number;
  readonly clearedPeople: number;
  readonly foreignOverwrites: number;
  readonly newlyUnmatched: number;
  readonly attributes: readonly AttributeImpact[];
};

/**
 * The whole plan as the guard sees it, alone or together with what was written without approval in the days before;
 * `lastUsers` is the size of the directory it is measured by, null before there was one.
 */
export type Impact = {
  readonly users: number;
  readonly lastUsers: number | null;
  readonly targets: readonly TargetImpact[];
};

/** Fewer people than this never exceed a percentage, unless the document says otherwise. */
export const standardIgnoreBelow = 20;

const limit = (percent: number, count: number): Limit => ({ percent, count });

/**
 * The rules of the guard, a row each: the default, what is counted in the words of the docs, and how. Schema, export,
 * API and docs derive from these rows.
 */
export const guardRules = {
  changedPeople: {
    standard: limit(10, 1000),
    window: limit(30, 3000),
    counts: 'people with a value replaced or cleared',
    find: inTargets(({ changedPeople }) => changedPeople),
  },
  clearedPeople: {
    standard: limit(1, 100),
    window: limit(3, 300),
    counts: 'people with a value cleared',
    find: inTargets(({ clearedPeople }) => clearedPeople),
  },
  foreignOverwrites: {
    standard: limit(1, 50),
    window: limit(3, 150),
    counts: 'values set by others that would be replaced or cleared',
    find: inTargets(({ foreignOverwrites }) => foreignOverwrites),
  },
  newlyUnmatched: {
    standard: limit(2, 200),
    window: limit(4, 400),
    counts: 'people who had an account in the last full run and have none of their own now',
    find: inTargets(({ newlyUnmatched }) => newlyUnmatched),
  },
  directoryShrink: {
    standard: limit(5, 500),
    window: limit(6, 600),
    counts: 'how many fewer people there are than in the last full run',
    find: ({ users, lastUsers }: Impact): readonly Finding[] =>
      lastUsers === null
        ? []
        : [{ target: null, attribute: null, found: Math.max(0, lastUsers - users), of: lastUsers }],
  },
} as const;

/** The rules of the block `perAttribute`, which hold for each attribute of each target. */
export const attributeRules = {
  changed: {
    standard: limit(10, 1000),
    window: limit(30, 3000),
    counts: 'the same as `changedPeople`, for each attribute',
    find: inAttributes(({ changed }) => changed),
  },
  cleared: {
    standard: limit(1, 100),
    window: limit(3, 300),
    counts: 'the same as `clearedPeople`, for each attribute',
    find: inAttributes(({ cleared }) => cleared),
  },
} as const;

/** The name of a rule, as the document, the report and the API write it. */
export type GuardRule = keyof typeof guardRules | `perAttribute.${keyof typeof attributeRules}`;

/** The names of all rules. */
export const guardRuleNames: readonly GuardRule[] = [
  ...keysOf(guardRules),
  ...keysOf(attributeRules).map((name) => `perAttribute.${name}` as const),
];

/** A threshold for each rule. */
export type Limits = Readonly<Record<keyof typeof guardRules, Limit>> & {
  readonly perAttribute: Readonly<Record<keyof typeof attributeRules, Limit>>;
};

/** How many days the window against slow leaks is long, unless the document says otherwise. */
export const standardWindow = '7d';

/** How long a held plan can be decided on, unless the document says otherwise. */
export const standardExpiry = '7d';

/**
 * The thresholds of a connector, for one run and for all runs of a window together. Filling what was empty is an addition
 * and never counted here. `fourEyes`: who stored the version or started the run may not approve its plan.
 */
export type GuardSettings = Limits & {
  readonly ignoreBelow: number;
  readonly window: Limits & { readonly over: string };
  readonly onBreach: OnBreach;
  readonly fourEyes: boolean;
  readonly planExpires: string;
};

/** What a rule counts somewhere: `found` out of `of` people. */
type Finding = {
  readonly target: string | null;
  readonly attribute: AttributeId | null;
  readonly found: number;
  readonly of: number;
};

/**
 * One figure that the guard judges by. `limit` is the highest value let through; one more is a breach. `over` is the
 * span of the window that was counted, this run included; null for this run alone.
 */
export type Figure = Finding & {
  readonly rule: GuardRule;
  readonly limit: number;
  readonly breach: boolean;
  readonly over: string | null;
};

/** A figure that exceeds its threshold. */
export type Breach = Omit<Figure, 'breach'>;

/** The judgement of a plan, part of the report: every figure, and those that are breaches by themselves. */
export type GuardVerdict = { readonly figures: readonly Figure[]; readonly breaches: readonly Breach[] };

/** What a plan would do alone, and together with what runs wrote in the window before it without approval. */
export type Impacts = { readonly run: Impact; readonly window: Impact };

/**
 * Compares a plan with the thresholds. A figure of the window is a breach only if this run adds to it and does not
 * already breach by itself.
 */
export const judgePlan = (settings: GuardSettings, impacts: Impacts): GuardVerdict => {
  const alone = figuresOf(settings, settings, impacts.run, null);
  const adds = new Set(alone.filter(({ found, breach }) => found > 0 && !breach).map(placeOf));
  const over = figuresOf(settings, settings.window, impacts.window, settings.window.over);
  const figures = [
    ...alone,
    ...over.map((figure) => ({ ...figure, breach: figure.breach && adds.has(placeOf(figure)) })),
  ];
  const breaches = figures.filter(({ breach }) => breach).map(({ breach: _, ...figure }) => figure);
  return { figures, breaches };
};

const placeOf = ({ rule, target, attribute }: Figure): string => JSON.stringify([rule, target, attribute]);

const figuresOf = (
  { ignoreBelow }: GuardSettings,
  limits: Limits,
  impact: Impact,
  over: string | null,
): readonly Figure[] => {
  const held = (rule: GuardRule, threshold: Limit, findings: readonly Finding[]): readonly Figure[] =>
    findings.map((finding) => {
      const allowed = allowance(threshold, finding.of, finding.found < ignoreBelow);
      return { rule, ...finding, limit: allowed, breach: finding.found > allowed, over };
    });
  return [
    ...keysOf(guardRules).flatMap((rule) => held(rule, limits[rule], guardRules[rule].find(impact))),
    ...keysOf(attributeRules).flatMap((name) =>
      held(`perAttribute.${name}`, limits.perAttribute[name], attributeRules[name].find(impact)),
    ),
  ];
};

function inTargets(count: (target: TargetImpact) => number) {
  return ({ targets }: Impact): readonly Finding[] =>
    targets.map((one) => ({ target: one.target, attribute: null, found: count(one), of: one.linked }));
}

function inAttributes(count: (attribute: AttributeImpact) => number) {
  return ({ targets }: Impact): readonly Finding[] =>
    targets.flatMap(({ target, linked, attributes }) =>
      attributes.map((one) => ({ target, attribute: one.attribute, found: count(one), of: linked })),
    );
}

const allowance = (limit: Limit, of: number, fewerThanIgnored: boolean): number =>
  fewerThanIgnored ? limit.count : Math.min(limit.count, shareOf(limit.percent, of));

/** Whole people in a share: 0.57 % of 100,000 are 570, although the product in binary numbers is a hair less. */
const shareOf = (percent: number, of: number): number => Math.floor(Number(((of * percent) / 100).toPrecision(12)));
