import { z } from 'zod';
import { called, LabelWire, NamesWire } from './labels.ts';
import { toldReason } from './reasons.ts';

const Moment = z.iso.datetime();

/** People found by name, login or mail; `next` continues the search. */
export const FoundPeopleWire = z.object({
  people: z.array(z.object({ person: z.string(), label: LabelWire.nullable() })),
  next: z.string().nullable(),
});
export type FoundPeopleWire = z.infer<typeof FoundPeopleWire>;

/** Why people of a connector are not in tune, counted, each with what can be done about it. */
export const EndCountsWire = z.object({
  reasons: z.array(
    z.object({
      target: z.string(),
      outcome: z.string(),
      people: z.int().nonnegative(),
      reason: toldReason.reason,
      sentence: toldReason.sentence,
      remedy: toldReason.remedy,
    }),
  ),
});
export type EndCountsWire = z.infer<typeof EndCountsWire>;

const end = {
  target: z.string(),
  outcome: z.string(),
  run: z.string(),
  at: Moment,
  ...toldReason,
};

/** A page of people who are not in tune; `next` asks for the next page. */
export const EndPageWire = z.object({
  people: z.array(z.object({ person: z.string(), ...called, ...end })),
  names: NamesWire,
  next: z.string().nullable(),
});
export type EndPageWire = z.infer<typeof EndPageWire>;

/** What the ledger knows about a person, without asking the directory or a target. */
export const PersonWire = z.object({
  person: z.string(),
  label: LabelWire.nullable(),
  names: NamesWire,
  /** How the person ended last where that was not in tune. */
  ends: z.array(z.object(end)),
  targets: z.record(
    z.string(),
    z.object({
      username: z.string().nullable(),
      values: z.array(z.object({ attribute: z.string(), value: z.string().nullable(), ours: z.boolean() })),
    }),
  ),
});
export type PersonWire = z.infer<typeof PersonWire>;

/** What runs changed for a person, the newest first; `next` asks for what was before. */
export const PersonHistoryWire = z.object({
  changes: z.array(
    z.object({
      run: z.string(),
      version: z.int(),
      startedBy: z.string(),
      at: Moment,
      target: z.string(),
      attribute: z.string(),
      before: z.string().nullable(),
      after: z.string().nullable(),
      foreign: z.boolean(),
      status: z.string(),
      reason: z.string().nullable(),
    }),
  ),
  next: z.string().nullable(),
});
export type PersonHistoryWire = z.infer<typeof PersonHistoryWire>;
