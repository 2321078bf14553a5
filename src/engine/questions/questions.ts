import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import type { AttributeId } from '../../core/profile.ts';
import type { JsonObject, SourceUser } from '../../core/values.ts';
import { putLookup, readLookup } from '../../ledger/lookups.ts';
import type { Ledger } from '../../ledger/open.ts';
import type { OpenConnector } from '../connector.ts';
import type { Asking } from '../work.ts';
import { checkAssumptions, checkConnector, type Trial } from './check-connector.ts';
import { explainUser } from './explain.ts';
import { linkUser } from './link-user.ts';
import { type SampleRequest, samplePeople } from './sample.ts';
import { whyValue } from './why.ts';

/** What may be asked of a worker, by the name of the workflow that carries it. `user` is an id, a login or a mail. */
export type Question =
  | { readonly ask: 'explainUser'; readonly user: string; readonly mapping: JsonObject | null }
  | { readonly ask: 'sourceAttributes' }
  | ({ readonly ask: 'samplePeople' } & SampleRequest)
  | { readonly ask: 'whyValue'; readonly target: string; readonly account: string; readonly attribute: AttributeId }
  | { readonly ask: 'checkConnector'; readonly trial: Trial | null; readonly assumptions: boolean }
  | {
      readonly ask: 'linkUser';
      readonly user: string;
      readonly target: string;
      readonly account: string;
      readonly by: string;
    };

/** How long an answer waits in the ledger for the one who asked. */
const answerSeconds = 300;

/** Opens a connector's present version, with an unsaved mapping in place of its own where one is given. */
type Open = (mapping: JsonObject | null) => Promise<OpenConnector>;

/**
 * Answers a question that the ledger keeps under a key, and lays the answer down under another: both may hold personal
 * values, so that neither enters a workflow's history.
 */
export const answerQuestion = async (
  ledger: Ledger,
  open: Open,
  ask: Question['ask'],
  key: string,
  now: number,
  call: Call,
): Promise<string> => {
  const kept = await readLookup(ledger, key);
  if (kept === null) throw new Failure('config', 'What was asked for is no longer kept: ask again.');
  const question: Question = JSON.parse(kept);
  if (question.ask !== ask) throw new Failure('config', `This is no question for ${ask}.`);
  const answer = await answerTo(ledger, open, question, now, call);
  return putLookup(ledger, JSON.stringify(answer), answerSeconds);
};

const answerTo = async (ledger: Ledger, open: Open, question: Question, now: number, call: Call): Promise<unknown> => {
  const connector = await open(question.ask === 'explainUser' ? question.mapping : null);
  const asking = { ledger, connector, call };
  switch (question.ask) {
    case 'explainUser':
      return explainUser(asking, await theUser(asking, question.user, connector.mapping.selection));
    case 'samplePeople':
      return samplePeople(asking, question);
    case 'sourceAttributes':
      return connector.source.attributes(call);
    case 'whyValue':
      return whyValue(asking, question);
    case 'checkConnector':
      return question.assumptions
        ? checkAssumptions(asking, question.trial)
        : checkConnector(asking, question.trial, now);
    case 'linkUser': {
      const { id: person } = await theUser(asking, question.user, ['id']);
      return linkUser(asking, { ...question, person });
    }
  }
};

/** The person of an id, login or mail; throws `notFound` when there is none. */
export const theUser = async (
  { connector, call }: Pick<Asking, 'connector' | 'call'>,
  key: string,
  select: readonly string[],
): Promise<SourceUser> => {
  const user = await connector.source.readUser(key, select, call);
  if (user !== null) return user;
  throw new Failure('notFound', 'The identity provider knows nobody under this id, login or mail.', {
    party: 'source',
    remedy: 'Check the spelling in the provider; a person just created can take minutes to appear.',
  });
};
