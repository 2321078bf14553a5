import { Failure, isFailure } from '../core/failure.ts';

const remedy =
  'Check that PostgreSQL is running (at ATTUNE_DATABASE_URL, if that is set); the work continues once it answers.';

/** What to say for a class or code of PostgreSQL (appendix A, "PostgreSQL Error Codes"): the first that fits counts. */
const byCode: readonly (readonly [
  code: string,
  kind: 'auth' | 'config' | 'unavailable',
  message: string,
  remedy: string,
])[] = [
  ['28', 'auth', "The ledger's database refused the user or the password.", 'Correct them in ATTUNE_DATABASE_URL.'],
  [
    '3D000',
    'config',
    "The ledger's database does not exist.",
    'Create it, or correct its name in ATTUNE_DATABASE_URL.',
  ],
  [
    '53100',
    'unavailable',
    "The disk of the ledger's database is full.",
    'Free some space; the work then continues automatically.',
  ],
  ['53300', 'unavailable', "The ledger's database has no free connection.", 'Raise max_connections of PostgreSQL.'],
  ['25006', 'unavailable', "The ledger's database accepts no writes at the moment: it is a standby.", remedy],
  ['57014', 'unavailable', "The ledger's database did not finish a statement in time.", remedy],
  ['55P03', 'unavailable', "A lock in the ledger's database was not free in time.", 'It is tried again.'],
  ['25P03', 'unavailable', "The ledger's database ended an idle transaction.", 'It is tried again.'],
  ...['08', '53', '57P', '58'].map((code) => [code, 'unavailable', doesNotAnswer(), remedy] as const),
];

/** Codes of Node's for a connection that cannot be made or has gone. */
const lost = new Set(
  'ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH EHOSTDOWN ENOTFOUND EAI_AGAIN ENOENT'.split(
    ' ',
  ),
);

/** What the driver says of a connection that has gone, without a code. */
const gone =
  /^(Connection terminated|Client (was closed|has encountered)|timeout (exceeded|expired)|Query read timeout|Cannot use a pool|The server does not support SSL|Connection ended)/i;

function doesNotAnswer(): string {
  return "The ledger's database does not answer.";
}

/** The failure of a database that is away or refuses; every other error (a wrong statement above all) as it is. */
export const asDatabaseFailure = (error: unknown): unknown => {
  if (isFailure(error) || !(error instanceof Error)) return error;
  const code = codeOf(error);
  const row = byCode.find(([prefix]) => code.startsWith(prefix));
  if (row !== undefined && /^[0-9A-Z]{5}$/.test(code)) {
    const [, kind, message, remedy] = row;
    return new Failure(kind, message, { party: 'ledger', remedy, cause: error });
  }
  const isLost = lost.has(code) || gone.test(error.message) || isLostEach(error);
  return isLost ? new Failure('unavailable', doesNotAnswer(), { party: 'ledger', remedy, cause: error }) : error;
};

/** The code of an error, or of the one a failure was made of; empty when it has none. */
export const codeOf = (error: unknown): string => {
  if (isFailure(error)) return codeOf(error.facts.cause);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
};

/** A name with several addresses fails with all their errors at once. */
const isLostEach = (error: Error): boolean =>
  error instanceof AggregateError && error.errors.length > 0 && error.errors.every((one) => lost.has(codeOf(one)));

/** Whether the connection was lost, through the server or the network; what it had begun is then rolled back. */
export const isConnectionLost = (error: unknown): boolean => {
  if (!isFailure(error)) return false;
  const code = codeOf(error);
  return code === '' || code === '25P03' || /^(08|57P)/.test(code) || lost.has(code);
};
