import { z } from 'zod';

/** A secret is named, never given: whatever does not look like the name of a variable is refused unread. */
const secretName = z
  .string()
  .regex(
    /^ATTUNE_SECRET_[A-Z0-9_]+$/,
    'must be the name of a variable that begins with ATTUNE_SECRET_, never a secret',
  );

const source = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('entra'),
    tenant: z.string().min(1),
    clientId: z.string().min(1),
    secret: secretName,
    endpoints: z.strictObject({ login: z.string(), graph: z.string() }).optional(),
  }),
  z.strictObject({ kind: z.literal('okta'), org: z.string().min(1), secret: secretName }),
  z.strictObject({
    kind: z.literal('google'),
    subject: z.string().min(1),
    secret: secretName,
    endpoints: z.strictObject({ token: z.string(), directory: z.string() }).optional(),
  }),
]);

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be a name of lower-case letters, digits and hyphens');

const target = z.strictObject({
  name,
  kind: z.enum(['jira', 'confluence']),
  url: z.string().min(1),
  username: z.string().min(1),
  secret: secretName,
});

/** What a first document is made of; it holds names of secrets and no secret. */
export const answersSchema = z.strictObject({ connector: name, source, targets: z.array(target).min(1) });

export type Answers = z.infer<typeof answersSchema>;

/** The settings of the source as a document has them. */
export const sourceSettings = ({
  source: said,
}: Answers): { readonly kind: string; readonly [name: string]: unknown } => {
  const secret = { env: said.secret };
  if (said.kind === 'entra') {
    const { kind, tenant, clientId, endpoints } = said;
    return {
      kind,
      ...(endpoints === undefined ? {} : { endpoints }),
      tenant,
      auth: { clientId, clientSecret: secret },
    };
  }
  if (said.kind === 'okta') return { kind: 'okta', org: said.org, auth: { apiToken: secret } };
  const { kind, subject, endpoints } = said;
  return {
    kind,
    ...(endpoints === undefined ? {} : { endpoints }),
    auth: { serviceAccount: secret, subject },
  };
};

/** The settings of a target as a document has them. */
export const targetSettings = ({ kind, url, username, secret }: Answers['targets'][number]) => ({
  kind,
  url,
  auth: { username, password: { env: secret } },
});

/** The names of all secrets that the answers speak of. */
export const secretsOf = ({ source: { secret }, targets }: Answers): readonly string[] => [
  ...new Set([secret, ...targets.map((one) => one.secret)]),
];
