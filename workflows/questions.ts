import { asWorkflowFailure, failureOf } from './failures.ts';
import { requireInput } from './input.ts';
import { answer } from './options.ts';

/** The input: a connector, and the key under which the ledger keeps what is asked. */
export type QuestionInput = { readonly connector: string; readonly question: string };

type Ask = Parameters<typeof answer>[0]['ask'];

/** Questions to a source or target; the answer is the key under which the ledger keeps it, since it holds values. */
const asking =
  (ask: Ask) =>
  async (input: QuestionInput): Promise<string> => {
    requireInput(input, { connector: 'id of a connector', question: 'key of the ledger' });
    try {
      return await answer({ ...input, ask });
    } catch (error) {
      throw asWorkflowFailure(failureOf(error));
    }
  };

/** Every step from a person's attributes to what a run would write; nothing is written anywhere. */
export const explainUser = asking('explainUser');

/** The attributes a source offers, each with an example. */
export const sourceAttributes = asking('sourceAttributes');

/** Real people with all a source offers of them, for trying a mapping out. */
export const samplePeople = asking('samplePeople');

/** Where the value that stands in an account comes from. */
export const whyValue = asking('whyValue');

/** Each thing a run of the connector needs, with a remedy where it is not as it should be. */
export const checkConnector = asking('checkConnector');

/** Links a person to an account by hand. */
export const linkUser = asking('linkUser');
