import { type Answers, answersSchema } from './answers.ts';

/** Asks a question and returns the answer, or the default if nothing was typed. */
export type Ask = (question: string, usual?: string) => Promise<string>;

/** Says what is wrong with an answer, before it is asked for again. */
export type Say = (text: string) => void;

const sources = { entra: 'Entra ID', okta: 'Okta', google: 'Google Workspace' } as const;
const products = { jira: 'Jira', confluence: 'Confluence' } as const;

/** Asks for everything a first document needs. Secrets are asked for by the name of their variable alone. */
export const askAll = async (ask: Ask, say: Say): Promise<Answers> => {
  const source = await askSource(ask, say);
  const targets: Answers['targets'] = [];
  do {
    targets.push(await askTarget(ask, say, targets));
  } while (/^y/i.test(await ask('Write to another Jira or Confluence? (y/n)', 'n')));
  const connector = await valid(ask, say, 'A name for the connector', 'main', answersSchema.shape.connector);
  return answersSchema.parse({ connector, source, targets });
};

const askSource = async (ask: Ask, say: Say): Promise<Answers['source']> => {
  const kind = await oneOf(ask, say, 'Which directory are people read from?', sources);
  const secret = (usual: string) => variable(ask, say, 'Which variable holds its secret? (only the name)', usual);
  switch (kind) {
    case 'entra':
      return {
        kind,
        tenant: await some(ask, say, 'Tenant: its id or one of its domains'),
        clientId: await some(ask, say, 'Application (client) id'),
        secret: await secret('ATTUNE_SECRET_ENTRA'),
      };
    case 'okta':
      return {
        kind,
        org: await some(ask, say, 'Address of the organization, such as https://acme.okta.com'),
        secret: await secret('ATTUNE_SECRET_OKTA'),
      };
    case 'google':
      return {
        kind,
        subject: await some(ask, say, 'Mail address of the administrator that the service account acts for'),
        secret: await secret('ATTUNE_SECRET_GOOGLE'),
      };
  }
};

const askTarget = async (ask: Ask, say: Say, others: Answers['targets']): Promise<Answers['targets'][number]> => {
  const kind = await oneOf(ask, say, 'Which product is written to?', products);
  const usual = others.some((one) => one.name === kind) ? `${kind}-${others.length + 1}` : kind;
  const name = await valid(ask, say, 'A name for it', usual, answersSchema.shape.connector);
  return {
    name,
    kind,
    url: await some(ask, say, `Address of ${products[kind]}, such as https://${kind}.acme.example`),
    username: await some(ask, say, 'Username of the account Attune signs in with', 'svc-attune'),
    secret: await variable(
      ask,
      say,
      'Which variable holds its password? (only the name)',
      `ATTUNE_SECRET_${name.toUpperCase().replaceAll('-', '_')}`,
    ),
  };
};

const some = async (ask: Ask, say: Say, question: string, usual?: string): Promise<string> => {
  for (;;) {
    const answer = (await ask(question, usual)).trim();
    if (answer !== '') return answer;
    say('An answer is needed here.');
  }
};

type Check = { safeParse: (text: string) => { success: boolean; error?: { issues: readonly { message: string }[] } } };

const valid = async (ask: Ask, say: Say, question: string, usual: string, check: Check): Promise<string> => {
  for (;;) {
    const answer = (await ask(question, usual)).trim();
    const parsed = check.safeParse(answer);
    if (parsed.success) return answer;
    say(`It ${parsed.error?.issues[0]?.message ?? 'is not usable'}.`);
  }
};

const variable = (ask: Ask, say: Say, question: string, usual: string): Promise<string> =>
  valid(ask, say, question, usual, answersSchema.shape.targets.element.shape.secret);

const oneOf = async <Name extends string>(
  ask: Ask,
  say: Say,
  question: string,
  choices: Readonly<Record<Name, string>>,
): Promise<Name> => {
  const names = Object.keys(choices);
  const isName = (text: string): text is Name => names.includes(text);
  for (;;) {
    const answer = (await ask(`${question} (${names.join(', ')})`, names[0])).trim().toLowerCase();
    if (isName(answer)) return answer;
    say(`It is one of: ${names.join(', ')}.`);
  }
};
