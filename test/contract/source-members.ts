import { sandboxApplication, sandboxGoogle } from '../../sandbox/document.ts';
import { startSandbox } from '../../sandbox/start.ts';
import { sourceDefinitions } from '../../src/sources/index.ts';
import type { IdentitySource } from '../../src/sources/source.ts';
import type { SourceLab, SourceMember } from './source-lab.ts';

type Sandbox = Awaited<ReturnType<typeof startSandbox>>;

const dashes = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

const labOf = async (
  users: number,
  provider: {
    readonly kind: SourceMember['name'];
    readonly settings: (sandbox: Sandbox) => Readonly<Record<string, unknown>>;
    readonly secret: (sandbox: Sandbox) => string;
    readonly idOf: (world: string) => string;
    readonly worldOf: (id: string) => string;
    readonly forget: Readonly<Record<string, number>>;
    /** How the stand-in is, beyond what it is by itself. */
    readonly options?: Readonly<Record<string, unknown>>;
  },
): Promise<SourceLab> => {
  const sandbox = await startSandbox({ users });
  const { kind, settings, secret, forget, options = {}, ...ids } = provider;
  const control = (method: string, path: string, body?: unknown) =>
    fetch(`${sandbox.urls.control}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const definition = sourceDefinitions.get(kind);
  if (definition === undefined) throw new Error(`there is no source ${kind}`);
  await control('POST', `/options/${kind}`, options);
  return {
    ...ids,
    url: sandbox.urls[kind],
    open: (changes = {}, given = secret(sandbox)): IdentitySource =>
      definition.open({ kind, ...settings(sandbox), ...changes }, { secret: async () => given }),
    control,
    forgetPlaces: async () => {
      await control('POST', `/options/${kind}`, Object.fromEntries(Object.keys(forget).map((name) => [name, 1_000])));
      await control('POST', '/clock/advance', { milliseconds: 5_000 });
      return async () => {
        await control('POST', `/options/${kind}`, forget);
      };
    },
    close: sandbox.close,
  };
};

const sixtyOf = (prefix: string): string[] => Array.from({ length: 60 }, (_, index) => `${prefix}field${index}`);
const extension = 'extension_ab603c56068041afb2f6832e2a17e237_';

/** Every source over its own stand-in. */
export const members: readonly SourceMember[] = [
  {
    name: 'entra',
    words: {
      login: 'userPrincipalName',
      company: 'companyName',
      managerName: 'manager.displayName',
      sixty: sixtyOf(extension),
      setOne: (index, value) => ({ [`${extension}field${index}`]: value }),
      refused: 'aboutMe',
      leftOut: { edit: { accountEnabled: false }, back: { accountEnabled: true }, people: { disabled: 'exclude' } },
    },
    deviations: {},
    listing: '/v1.0/users',
    limited: { effect: { kind: 'status', status: 429, headers: { 'retry-after': '0.35' } }, leastMs: 350 },
    start: (users) =>
      labOf(users, {
        kind: 'entra',
        settings: ({ urls }) => ({
          tenant: sandboxApplication.tenant,
          auth: { clientId: sandboxApplication.clientId, clientSecret: { env: 'ATTUNE_SECRET_X' } },
          endpoints: { login: urls.entra, graph: urls.entra },
        }),
        secret: () => sandboxApplication.clientSecret,
        idOf: (world) => world,
        worldOf: (id) => id,
        forget: { cursorLife: 1e12 },
      }),
  },
  {
    name: 'okta',
    words: {
      login: 'profile.login',
      company: 'profile.organization',
      managerName: 'manager.profile.displayName',
      sixty: sixtyOf('profile.'),
      setOne: (index, value) => ({ profile: { [`field${index}`]: value } }),
      refused: 'department',
      leftOut: { edit: { status: 'DEPROVISIONED' }, back: { status: 'ACTIVE' }, people: { deprovisioned: 'exclude' } },
    },
    deviations: {
      emptyPages: 'a page of Okta without people is the last one',
      deletions: 'Okta deletes nobody but the deprovisioned, and then without a trace: a complete read finds them gone',
      expiry: 'a place between two runs is a moment, which Okta knows for ever',
    },
    listing: '/api/v1/users',
    limited: {
      effect: { kind: 'status', status: 429, headers: { 'x-rate-limit-limit': '0', 'x-rate-limit-remaining': '0' } },
      leastMs: 1_000,
    },
    start: (users) =>
      labOf(users, {
        kind: 'okta',
        settings: ({ urls }) => ({
          org: urls.okta,
          auth: { apiToken: { env: 'ATTUNE_SECRET_X' } },
          people: { deprovisioned: 'include' },
        }),
        secret: ({ secrets }) => secrets.ATTUNE_SECRET_OKTA,
        idOf: (world) => `00u${world.replaceAll('-', '')}`,
        worldOf: (id) => dashes(id.slice(3)),
        forget: { cursorLife: 1e12 },
      }),
  },
  {
    name: 'google',
    words: {
      login: 'primaryEmail',
      company: 'orgUnitPath',
      managerName: 'manager.name.fullName',
      sixty: sixtyOf('customSchemas.Sixty.'),
      setOne: (index, value) => ({ customSchemas: { Sixty: { [`field${index}`]: value } } }),
      refused: 'department',
      leftOut: { edit: { suspended: true }, back: { suspended: false }, people: { suspended: 'exclude' } },
    },
    deviations: {
      emptyPages: 'a page of the Directory API without people is the last one',
      links: 'the Directory API names the next page by a token, which goes to its own address only',
      groupNames: 'the Directory API names a group by its mail or id',
      severalHits: 'the Directory API lets no two people have one mail or alias',
      increments: 'the Directory API reports no changes; a place between runs is refused as expired',
    },
    listing: '/admin/directory/v1/users',
    limited: {
      effect: {
        kind: 'status',
        status: 403,
        body: '{"error":{"code":403,"errors":[{"domain":"usageLimits","reason":"userRateLimitExceeded"}]}}',
      },
      leastMs: 1_500,
    },
    start: (users) =>
      labOf(users, {
        kind: 'google',
        settings: ({ urls }) => ({
          auth: { serviceAccount: { env: 'ATTUNE_SECRET_X' }, subject: sandboxGoogle.subject },
          endpoints: { token: urls.google, directory: urls.google },
          people: { suspended: 'include' },
        }),
        secret: ({ secrets }) => secrets.ATTUNE_SECRET_GOOGLE,
        idOf: (world) => BigInt(`0x${world.replaceAll('-', '')}`).toString(),
        worldOf: (id) => dashes(BigInt(id).toString(16).padStart(32, '0')),
        forget: { pagingLife: 3_600_000 },
        options: { schemas: ['Employment', 'Sixty'] },
      }),
  },
];
