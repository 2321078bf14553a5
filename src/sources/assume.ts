import { type Assumed, type Assumption, type Judged, judged } from '../core/assumption.ts';
import type { Failure } from '../core/failure.ts';
import type { Http, Seen, Watch } from '../http/http.ts';
import { masked } from './mask.ts';

/** Tries a provider through a separate client, which signs in again, and judges every assumption by what was seen. */
export const assumeAnew = async (
  kind: string,
  open: (watch: Watch) => Http,
  work: (http: Http) => Promise<readonly Failure[]>,
  assumptions: (seen: readonly Seen[]) => readonly Assumption[],
): Promise<Assumed> => {
  const seen: Seen[] = [];
  const failures = await work(open((one) => seen.push(one)));
  const signIn: Assumption = {
    id: `${kind}.sign-in`,
    what: 'the credential is exchanged for a token, and requests with it are answered',
    judge: () => signedIn(seen, failures),
  };
  // Without a sign-in, nothing else can be tested.
  const answered = seen.filter(({ answer }) => answer.status !== 401);
  return { lines: judged([signIn, ...assumptions(answered)]), evidence: { ...masked(kind, seen), account: '' } };
};

const signedIn = (seen: readonly Seen[], failures: readonly Failure[]): Judged => {
  const last = seen.at(-1);
  if (last === undefined) return ['doesNot', failures[0]?.sentence ?? 'there was no answer'];
  const refused = seen.every(({ answer }) => answer.status === 401);
  return refused ? ['doesNot', failures[0]?.sentence ?? 'every request is answered 401'] : ['holds', 'they are'];
};

/** The answers at a route, whose query holds what is asked for, in order. */
export const answersAt = (
  seen: readonly Seen[],
  route: string,
  query: Readonly<Record<string, RegExp>> = {},
): readonly Seen[] =>
  seen.filter(
    ({ url, answer }) =>
      answer.request.route === route &&
      Object.entries(query).every(([name, value]) => value.test(url.searchParams.get(name) ?? '')),
  );
