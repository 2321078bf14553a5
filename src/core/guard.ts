import { keysOf } from './map-values.ts';
import type { AttributeId } from './profile.ts';

/** A threshold: percent of the people linked in the target, and a count; whichever is exceeded first is a breach. */
export type Limit = { readonly percent: number; readonly count: number };

/** What to do with a plan that breaches: hold it for a person, or fail the run. */
export const breachPolicies = ['waitForApproval', 'fail'] as const;
export type OnBreach = (typeof breachPolicies)[number];

/** What a plan would do with one attribute of a target. */
export type AttributeImpact = { readonly attribute: AttributeId; readonly changed: number; readonly cleared: number };

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

/** The whole plan as the guard sees it; `lastUsers` is the size of the last full run, null before there was one. */
export type Impact = {
  readonly users: number;
  readonly lastUsers: number | null;
  readonly targets: readonly TargetImpact[];
};

/** Fewer people than this never trip a percentage, unless the document says otherwise. */
export const standardIgnoreBelow = 20;

const limit = (percent: number, count: number): Limit => ({ percent, count });

/**
 * The rules of the guard, a row each: the default, what is counted in the words of the docs, and how. Schema, export,
 * API and docs derive from these rows.
 */
export const guardRules = {
  changedPeople: {
    standard: limit(10, 1000),
    counts: 'people with a value replaced or cleared',
    find: inTargets(({ changedPeople }) => changedPeople),
  },
  clearedPeople: {
    standard: limit(1, 100),
    counts: 'people with a value cleared',
    find: inTargets(({ clearedPeople }) => clearedPeople),
  },
  foreignOverwrites: {
    standard: limit(1, 50),
    counts: 'values of others that would be replaced or cleared',
    find: inTargets(({ foreignOverwrites }) => foreignOverwrites),
  },
  newlyUnmatched: {
    standard: limit(2, 200),
    counts: 'people who had an account in the last full run and have none now',
    find: inTargets(({ newlyUnmatched }) => newlyUnmatched),
  },
  directoryShrink: {
    standard: limit(5, 500),
    counts: 'people fewer than in the last full run',
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
    counts: 'the same as `changedPeople`, for each attribute',
    find: inAttributes(({ changed }) => changed),
  },
  cleared: {
    standard: limit(1, 100),
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

/** The thresholds of a connector. Filling what was empty is an addition and never counted here. */
export type GuardSettings = Readonly<Record<keyof typeof guardRules, Limit>> & {
  readonly ignoreBelow: number;
  readonly perAttribute: Readonly<Record<keyof typeof attributeRules, Limit>>;
  readonly onBreach: OnBreach;
};

/** What a rule counts somewhere: `found` out of `of` people. */
type Finding = {
  readonly target: string | null;
  readonly attribute: AttributeId | null;
  readonly found: number;
  readonly of: number;
};

/** One threshold that a plan exceeds; `limit` is what would have been let through. */
export type Breach = Finding & { readonly rule: GuardRule; readonly limit: number };

/** The judgement of a plan, part of the report. */
export type GuardVerdict = { readonly breaches: readonly Breach[] };

/** Holds a plan against the thresholds. */
export const judgePlan = (settings: GuardSettings, impact: Impact): GuardVerdict => {
  const breaches = (rule: GuardRule, threshold: Limit, findings: readonly Finding[]): readonly Breach[] =>
    findings.flatMap((finding) => {
      const allowed = allowance(threshold, finding.of, finding.found < settings.ignoreBelow);
      return finding.found <= allowed ? [] : [{ rule, ...finding, limit: allowed }];
    });
  return {
    breaches: [
      ...keysOf(guardRules).flatMap((rule) => breaches(rule, settings[rule], guardRules[rule].find(impact))),
      ...keysOf(attributeRules).flatMap((name) =>
        breaches(`perAttribute.${name}`, settings.perAttribute[name], attributeRules[name].find(impact)),
      ),
    ],
  };
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
  fewerThanIgnored ? limit.count : Math.min(limit.count, Math.floor((of * limit.percent) / 100));
