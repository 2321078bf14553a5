import { mapValues } from '../src/core/map-values.ts';
import { type QuestionName, questions } from '../src/core/questions.ts';
import { asWorkflowFailure, failureOf } from './failures.ts';
import { requireInput } from './input.ts';
import { answer, answerAboutAll } from './options.ts';

/** The input: a connector, and the key under which the ledger keeps what is asked. */
export type QuestionInput = { readonly connector: string; readonly question: string };

/** Asks a source or target; the answer is the key under which the ledger keeps it, since it holds values. */
const asking =
  (ask: QuestionName) =>
  async (input: QuestionInput): Promise<string> => {
    requireInput(input, { connector: 'id of a connector', question: 'key of the ledger' });
    try {
      return await (ask === 'whatIf' ? answerAboutAll : answer)({ ...input, ask });
    } catch (error) {
      throw asWorkflowFailure(failureOf(error));
    }
  };

const {
  explainUser,
  sourceAttributes,
  samplePeople,
  whyValue,
  checkConnector,
  linkUser,
  testNotify,
  whatIf,
  ...others
} = mapValues(questions, (_, name) => asking(name));

// Temporal finds a workflow by the name it is exported under: a question that is not named here does not compile.
others satisfies Readonly<Record<string, never>>;

export { checkConnector, explainUser, linkUser, samplePeople, sourceAttributes, testNotify, whatIf, whyValue };
