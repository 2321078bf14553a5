import type { AttributeId } from './profile.ts';

/** A threshold: percent of the people linked in the target, and a count; whichever is passed first is a breach. */
export type Limit = { readonly percent: number; readonly count: number };

/** What to do with a plan that breaches: hold it for a person, leave out the breaching attributes, or fail the run. */
export type OnBreach = 'waitForApproval' | 'holdAttribute' | 'fail';

/** The thresholds of a connector. Filling what was empty is an addition and never counted here. */
export type GuardSettings = {
  /** Fewer people than this never trip a percentage. */
  readonly ignoreBelow: number;
  readonly changedPeople: Limit;
  readonly clearedPeople: Limit;
  readonly foreignOverwrites: Limit;
  readonly perAttribute: { readonly changed: Limit; readonly cleared: Limit };
  readonly newlyUnmatched: Limit;
  readonly directoryShrink: Limit;
  readonly onBreach: OnBreach;
};

/** What a plan would do at one target, counted over the stored changes. `linked` are the people with an account. */
export type TargetImpact = {
  readonly target: string;
  readonly linked: number;
  readonly changedPeople: number;
  readonly clearedPeople: number;
  readonly foreignOverwrites: number;
  readonly newlyUnmatched: number;
  readonly attributes: readonly {
    readonly attribute: AttributeId;
    readonly changed: number;
    readonly cleared: number;
  }[];
};

/** The whole plan as the guard sees it; `lastUsers` is the size of the last complete read, null before there was one. */
export type Impact = {
  readonly users: number;
  readonly lastUsers: number | null;
  readonly targets: readonly TargetImpact[];
};

/** One threshold that a plan passes: `found` out of `of` people, where `limit` would have been let through. */
export type Breach = {
  readonly rule:
    | 'changedPeople'
    | 'clearedPeople'
    | 'foreignOverwrites'
    | 'newlyUnmatched'
    | 'directoryShrink'
    | 'perAttribute.changed'
    | 'perAttribute.cleared';
  readonly target: string | null;
  readonly attribute: AttributeId | null;
  readonly found: number;
  readonly of: number;
  readonly limit: number;
};

/** The judgement of a plan, part of the report. */
export type GuardVerdict = { readonly breaches: readonly Breach[] };

/** Holds a plan against the thresholds. */
export const judgePlan = (settings: GuardSettings, impact: Impact): GuardVerdict => {
  const breaches: Breach[] = [];
  const hold = (
    rule: Breach['rule'],
    limit: Limit,
    found: number,
    of: number,
    where: { target?: string; attribute?: AttributeId } = {},
  ): void => {
    const allowed = allowance(limit, of, found < settings.ignoreBelow);
    if (found <= allowed) return;
    breaches.push({
      rule,
      target: where.target ?? null,
      attribute: where.attribute ?? null,
      found,
      of,
      limit: allowed,
    });
  };
  if (impact.lastUsers !== null) {
    hold('directoryShrink', settings.directoryShrink, Math.max(0, impact.lastUsers - impact.users), impact.lastUsers);
  }
  for (const one of impact.targets) {
    const { target, linked } = one;
    hold('changedPeople', settings.changedPeople, one.changedPeople, linked, { target });
    hold('clearedPeople', settings.clearedPeople, one.clearedPeople, linked, { target });
    hold('foreignOverwrites', settings.foreignOverwrites, one.foreignOverwrites, linked, { target });
    hold('newlyUnmatched', settings.newlyUnmatched, one.newlyUnmatched, linked, { target });
    for (const { attribute, changed, cleared } of one.attributes) {
      hold('perAttribute.changed', settings.perAttribute.changed, changed, linked, { target, attribute });
      hold('perAttribute.cleared', settings.perAttribute.cleared, cleared, linked, { target, attribute });
    }
  }
  return { breaches };
};

const allowance = (limit: Limit, of: number, fewerThanIgnored: boolean): number =>
  fewerThanIgnored ? limit.count : Math.min(limit.count, Math.floor((of * limit.percent) / 100));
