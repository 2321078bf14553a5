import { type Event, met, missed, signedInAgain } from './event.ts';
import { answered } from './requests.ts';

const both = ['jira', 'confluence'];

const expires = (kind: string, what: 'sessions' | 'web-sudo' | 'tokens', services: readonly string[]): Event => ({
  kind,
  happen: async ({ world }) => {
    const since = Date.now();
    return (await world.expire(what)) > 0 ? [signedInAgain(services, since)] : missed;
  },
});

/** A clock of the other side that goes ahead: minutes end an administrator's session, hours everything. */
const timePasses = (kind: string, minutes: readonly [number, number], services: readonly string[]): Event => ({
  kind,
  happen: async ({ world, random }) => {
    const since = Date.now();
    await world.pass(60_000 * random.whole(...minutes));
    return [signedInAgain(services, since)];
  },
});

/** A login, or the password page of an administrator, that is answered by something else than yes or no. */
const oddLogin: Event = {
  kind: 'odd login',
  happen: async ({ world, random }) => {
    await world.expire(random.one(['sessions', 'web-sudo'] as const));
    const at = await world.lay({
      service: random.one(both),
      path: '[Ll]ogin|[Aa]uth|[Ss]udo|session|tsv',
      count: random.whole(1, 2),
      effect: random.one([
        { kind: 'html' },
        answered(503),
        { kind: 'reset', when: 'after' },
        { kind: 'truncated' },
        { kind: 'redirect', location: '/' },
      ]),
    });
    return [met(at)];
  },
};

/** What Jira says while its own directory is away: it refuses in so many words, and takes the password a moment later. */
const refusedLogin: Event = {
  kind: 'refused login',
  happen: async ({ world, random, refused }) => {
    await world.expire('sessions');
    const at = await world.lay({
      service: random.one(both),
      method: 'POST',
      path: 'login',
      count: 1,
      effect: answered(200, { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' }),
    });
    refused();
    return [met(at)];
  },
};

/** An identity provider that gives no token for a moment. */
const oddToken: Event = {
  kind: 'odd token',
  happen: async ({ world, random }) => {
    await world.expire('tokens');
    const at = await world.lay({
      service: 'entra',
      path: 'token',
      count: random.whole(1, 2),
      effect: random.one([{ kind: 'html' }, answered(503), { kind: 'reset', when: 'after' }, { kind: 'truncated' }]),
    });
    return [met(at)];
  },
};

/** What becomes of being signed in. */
export const onSignIn: readonly Event[] = [
  expires('sessions expired', 'sessions', both),
  expires('administrator sessions expired', 'web-sudo', both),
  expires('tokens expired', 'tokens', ['entra']),
  timePasses('minutes pass', [11, 50], both),
  timePasses('hours pass', [61, 400], [...both, 'entra']),
  oddLogin,
  oddLogin,
  refusedLogin,
  oddToken,
];
