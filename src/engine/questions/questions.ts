import { z } from 'zod';
import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import type { QuestionName } from '../../core/questions.ts';
import type { JsonObject, SourceUser } from '../../core/values.ts';
import { keptAttribute, keptJson } from '../../ledger/kept-json.ts';
import { putLookup, readLookup } from '../../ledger/lookups.ts';
import type { Ledger } from '../../ledger/open.ts';
import { type NoticeDeps, testNotices } from '../notices/deliver.ts';
import type { OpenConnector } from '../open/connector.ts';
import type { OddSecrets } from '../open/open-connectors.ts';
import { whatIf } from '../what-if/what-if.ts';
import type { Asking } from '../work.ts';
import { checkAssumptions, checkConnector } from './check-connector.ts';
import { explainUser } from './explain.ts';
import { linkUser } from './link-user.ts';
import { samplePeople } from './sample.ts';
import { whyValue } from './why.ts';

/** How long an answer waits in the ledger for the one who asked. */
const answerSeconds = 300;

/** The connector a question is about: its present version, what is unusual about its secrets, and when it is asked. */
export type Asked = {
  readonly notices: Pick<NoticeDeps, 'hooksOf' | 'send'>;
  /** Opens it, with an unsaved mapping in place of its own where one is given. */
  readonly open: (mapping: JsonObject | null) => Promise<OpenConnector>;
  readonly oddSecrets: () => Promise<OddSecrets>;
  readonly now: number;
};

/** What a question is answered with. */
type Answering = Pick<Asked, 'oddSecrets' | 'notices' | 'now'> & {
  readonly ask: (mapping: JsonObject | null) => Promise<Asking>;
};

/** A question as the ledger keeps it until a worker reads it: the two may be of different releases. */
type Question = (kept: string, answering: Answering) => Promise<unknown>;

const question = <About>(
  about: z.ZodType<About>,
  answer: (answering: Answering, about: About) => Promise<unknown>,
): Question => {
  const kept = keptJson('a question', about);
  return async (text, answering) => answer(answering, kept.read(text));
};

const text = z.string();
const trial = z.object({ account: text, target: text.nullable() }).nullable();

/** How each question is answered; `user` is an id, a login or a mail. */
const answers: Readonly<Record<QuestionName, Question>> = {
  explainUser: question(
    z.object({ user: text, mapping: z.record(text, z.json()).nullable() }),
    async ({ ask }, { user, mapping }) => {
      const asking = await ask(mapping);
      return explainUser(asking, await theUser(asking, user, asking.connector.mapping.selection));
    },
  ),
  samplePeople: question(
    z.object({ size: z.int(), include: z.array(text), also: z.array(text) }),
    async ({ ask }, request) => samplePeople(await ask(null), request),
  ),
  sourceAttributes: question(z.object({}), async ({ ask }) => {
    const { connector, call } = await ask(null);
    return connector.source.attributes(call);
  }),
  whyValue: question(z.object({ target: text, account: text, attribute: keptAttribute }), async ({ ask }, about) =>
    whyValue(await ask(null), about),
  ),
  checkConnector: question(z.object({ trial, assumptions: z.boolean() }), async ({ ask, oddSecrets, now }, about) => {
    const asking = await ask(null);
    return about.assumptions
      ? checkAssumptions(asking, about.trial)
      : checkConnector(asking, about.trial, await oddSecrets(), now);
  }),
  whatIf: question(z.object({ mapping: z.record(text, z.json()) }), async ({ ask }, { mapping }) => {
    const { connector } = await ask(null);
    return whatIf(await ask(mapping), connector);
  }),
  testNotify: question(z.object({}), async ({ ask, notices, now }) => {
    const { connector, call } = await ask(null);
    return testNotices(notices, connector.id, now, call);
  }),
  linkUser: question(
    z.object({ user: text, target: text, account: text, by: text }),
    async ({ ask }, { user, ...link }) => {
      const asking = await ask(null);
      const { id: person } = await theUser(asking, user, ['id']);
      return linkUser(asking, { ...link, person });
    },
  ),
};

/**
 * Answers a question that the ledger keeps under a key, and lays the answer down under another: both may hold personal
 * values, so that neither enters a workflow's history.
 */
export const answerQuestion = async (
  ledger: Ledger,
  asked: Asked,
  name: QuestionName,
  key: string,
  call: Call,
): Promise<string> => {
  const kept = await readLookup(ledger, key);
  if (kept === null) throw new Failure('config', 'The question is no longer stored. Ask again.');
  const ask = async (mapping: JsonObject | null): Promise<Asking> => ({
    ledger,
    call,
    connector: await asked.open(mapping),
  });
  const answer = await answers[name](kept, { ...asked, ask });
  return putLookup(ledger, JSON.stringify(answer), answerSeconds);
};

/** The person of an id, login or mail; throws `notFound` when there is none. */
export const theUser = async (
  { connector, call }: Pick<Asking, 'connector' | 'call'>,
  key: string,
  select: readonly string[],
): Promise<SourceUser> => {
  const user = await connector.source.readUser(key, select, call);
  if (user !== null) return user;
  throw new Failure('notFound', 'The identity provider knows nobody with this id, login or mail address.', {
    party: 'source',
    remedy: 'Check the spelling; a newly created person can take minutes to appear.',
  });
};
