import type { Outcome } from './outcome.ts';

/** What a reason is about, beside its code: ids, names of the document and sentences, never a personal value. */
export type ReasonFacts = {
  /** The attributes concerned. */
  readonly attributes?: readonly string[];
  /** The connector that keeps the account or the attribute. */
  readonly connector?: string;
  /** Whose scope leaves the person out: a target, or the connector itself. */
  readonly scope?: string;
  /** How the run ended before it reached this person. */
  readonly status?: string;
  /** When somebody is tried again (ISO 8601). */
  readonly until?: string;
  /** Another run the reason is about. */
  readonly run?: string;
  /** Who decided. */
  readonly who?: string;
  /** Who else was found at the account, as ids of the identity provider. */
  readonly people?: readonly string[];
  /** What the mapping, the target or a step had to say: a whole sentence, or several. */
  readonly said?: string;
};

type Told = {
  readonly ends: readonly Outcome[];
  readonly say: (facts: ReasonFacts) => string;
  /** What an admin can do about it; null where nothing is wrong. */
  readonly remedy: string | null;
};

const list = (names: readonly string[] | undefined, none: string): string =>
  names === undefined || names.length === 0 ? none : names.join(', ');

/** A clause of another part as a sentence of its own. */
const sentence = (text: string | undefined, none: string): string => {
  const said = text?.trim() ?? '';
  if (said === '') return none;
  return /[.!?]$/.test(said) ? said : `${said}.`;
};

/** Why a person ends as they do: the only list of reasons there are, each with what it says and what to do about it. */
export const reasons = {
  noAccount: {
    ends: ['unmatched'],
    say: () => 'The match rules find no account for this person at the target.',
    remedy: 'Create the account, correct the match rules, or link the person to an account by hand (attune link).',
  },
  noMatchKey: {
    ends: ['unmatched'],
    say: () => 'The person has no value in any attribute that the match rules use.',
    remedy: 'Fill in the attribute at the identity provider, or match by another one.',
  },
  accountGone: {
    ends: ['unmatched'],
    say: () => 'The account that the person was linked to no longer exists at the target.',
    remedy: 'The next run looks for another account by the match rules.',
  },
  severalAccounts: {
    ends: ['ambiguous'],
    say: () => 'One match rule finds several accounts for this person.',
    remedy: 'Match by an attribute that only one account has, or link the person by hand (attune link).',
  },
  accountClaimedTwice: {
    ends: ['ambiguous'],
    say: ({ people, attributes }) =>
      `The account is also matched by somebody else: ${list(people, 'another person')}.${attributes === undefined ? '' : ` Written there before that was known: ${list(attributes, 'nothing')}.`}`,
    remedy: 'Correct the match rules, or link the right person by hand (attune link).',
  },
  protected: {
    ends: ['skipped'],
    say: () => 'The account is protected: Attune never writes to it.',
    remedy: null,
  },
  inactive: { ends: ['skipped'], say: () => 'The account is inactive at the target.', remedy: null },
  ownedBy: {
    ends: ['skipped'],
    say: ({ connector, attributes }) =>
      `The connector ${connector ?? 'of another document'} owns ${list(attributes, 'this account')}.`,
    remedy:
      'Let only one connector write each attribute: remove its row from the other connector, or release it (attune connector release).',
  },
  newerRun: {
    ends: ['skipped'],
    say: () => 'A newer read of this person has been written already.',
    remedy: 'The next run takes the person up again.',
  },
  targetMoved: {
    ends: ['skipped'],
    say: ({ attributes }) =>
      `Since the plan was made, somebody else has changed ${list(attributes, 'a value')} at the target; it was not overwritten.`,
    remedy: 'The next run looks again.',
  },
  sourceMoved: {
    ends: ['skipped'],
    say: () => 'This person has changed in the identity provider since the plan was made, so nothing was written.',
    remedy: 'The next run looks again.',
  },
  held: {
    ends: ['skipped'],
    say: ({ run }) =>
      `The changes planned for this person are held in ${run === undefined ? 'another run' : `run ${run}`} until they are approved or rejected.`,
    remedy: 'Look at that run with attune plan, then approve or reject it.',
  },
  leftOut: {
    ends: ['skipped'],
    say: ({ who }) =>
      `The plan was approved${who === undefined ? '' : ` by ${who}`} without the changes for this person.`,
    remedy: 'The next run of everybody plans it again, unless the document or the directory has changed by then.',
  },
  outsideHours: {
    ends: ['skipped'],
    say: () => 'The target is not written to at this hour (writeHours).',
    remedy: 'The next increment within its hours writes the changes.',
  },
  notGone: {
    ends: ['skipped'],
    say: () =>
      "The plan would clear this person's values because they had left, but when asked again the provider did not confirm that.",
    remedy: 'The next run of everybody looks again.',
  },
  runEnded: {
    ends: ['skipped'],
    say: ({ status }) => `The run ended (${status ?? 'early'}) before it reached this person.`,
    remedy: 'Run again.',
  },
  skippedByMapping: {
    ends: ['skipped'],
    say: ({ attributes, said }) =>
      `The mapping of ${list(attributes, 'an attribute')} leaves this person out: ${sentence(said, 'its row says so.')}`,
    remedy: null,
  },
  outOfScope: {
    ends: ['outOfScope'],
    say: ({ scope }) => `The person is not in the scope of ${scope ?? 'the connector'}.`,
    remedy: null,
  },
  mappingFailed: {
    ends: ['failed'],
    say: ({ said }) => `The mapping cannot be evaluated for this person: ${sentence(said, 'an expression fails.')}`,
    remedy: 'Run attune explain for the person, then correct the expression or the attribute.',
  },
  refused: {
    ends: ['failed'],
    say: ({ attributes, said }) =>
      `The target refused ${list(attributes, 'the account')}. ${sentence(said, '')}`.trimEnd(),
    remedy: 'Check the account at the target, or map the attribute differently.',
  },
  stepFailed: {
    ends: ['failed'],
    say: ({ said }) => sentence(said, 'The step that was working on this person failed.'),
    remedy: null,
  },
  failedAlone: {
    ends: ['failed'],
    say: ({ said }) =>
      `The step that was working on this person failed, but not for anybody else in the batch. ${sentence(said, '')}`.trimEnd(),
    remedy: 'Run attune explain for the person.',
  },
  triedWeekly: {
    ends: ['failed'],
    say: ({ said, until }) =>
      `This person failed several times in a row for the same reason and is now tried only once a week${until === undefined ? '' : `, next after ${until}`}. ${sentence(said, '')}`.trimEnd(),
    remedy: 'Resolve the cause. A changed value is tried at once, and so are people retried by hand (attune retry).',
  },
  planned: {
    ends: ['planned'],
    say: ({ connector, attributes }) =>
      connector === undefined
        ? 'The changes are planned and not written yet.'
        : `The changes are planned and not written yet; the connector ${connector} owns ${list(attributes, 'the others')}.`,
    remedy: null,
  },
  written: { ends: ['updated'], say: () => 'The changes were written.', remedy: null },
  heldAlready: {
    ends: ['unchanged'],
    say: () => 'The wanted values have not changed since the target was last brought in tune.',
    remedy: null,
  },
  keptBack: {
    ends: ['unchanged'],
    say: ({ attributes, said }) =>
      `Nothing is written for ${list(attributes, 'some attributes')}: ${said ?? 'they are kept'}.`,
    remedy: "Shorten the value, complete the table of the row, or change the row's policies.",
  },
  inTune: { ends: ['unchanged'], say: () => 'The target already holds the wanted values.', remedy: null },
} as const satisfies Readonly<Record<string, Told>>;

/** The code of a reason, as reports, API and CSV name it. */
export type ReasonCode = keyof typeof reasons;

/** A reason: its code, and what it is about. */
export type Reason = { readonly reason: ReasonCode; readonly facts?: ReasonFacts };

/** Whether this release knows a code: another one may have stored it. */
const isReasonCode = (code: string): code is ReasonCode => Object.hasOwn(reasons, code);

/** What a reason says, for a person. A code from another release is shown as it is. */
export const sentenceOf = (code: string, facts: ReasonFacts = {}): string =>
  isReasonCode(code) ? told(code).say(facts) : code;

/** What an admin can do about it; null where there is nothing to be done. */
export const remedyOf = (code: string): string | null => (isReasonCode(code) ? told(code).remedy : null);

const told = (code: ReasonCode): Told => reasons[code];

/** A reason as a person is told it: with its sentence, and what can be done about it. */
export type ToldReason = {
  readonly reason: string;
  readonly facts: ReasonFacts;
  readonly sentence: string;
  readonly remedy: string | null;
};

/** A reason with its sentence. */
export const toldReason = ({ reason, facts = {} }: { reason: string; facts?: ReasonFacts }): ToldReason => ({
  reason,
  facts,
  sentence: sentenceOf(reason, facts),
  remedy: remedyOf(reason),
});
