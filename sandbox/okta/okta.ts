import type { Clock } from '../clock.ts';
import type { SandboxRequest, SandboxResponse, Service } from '../service.ts';
import type { Directory } from '../world/directory.ts';
import type { Controls } from '../world/types.ts';
import { createEdits } from './edits.ts';
import { jsonHeaders, oktaError, Refusal } from './errors.ts';
import { limitOf, linkHeaders, listUsers } from './list.ts';
import { type OktaOptions, oktaOptions } from './options.ts';
import { createBucket, tooManyAtOnce } from './throttle.ts';
import { createTokens, type OktaApplication } from './tokens.ts';
import { oktaId, userOf, worldId } from './user.ts';

const text = (value: string) => ({ title: value, type: 'string' });
const baseNames = ['login', 'email', 'firstName', 'lastName', 'displayName', 'title', 'department', 'organization'];

const answerJson = (body: unknown, headers: Record<string, string | string[]> = {}): SandboxResponse => ({
  status: 200,
  headers: { ...jsonHeaders, ...headers },
  body: JSON.stringify(body),
  note: { kind: 'read' },
});

/** Okta's management API: sign-in, users, one user, groups and the user schema. */
export const createOkta = (deps: {
  directory: Directory;
  application: OktaApplication;
  clock: Clock;
}): { service: Service; controls: Controls } => {
  const { directory, application, clock } = deps;
  const edits = createEdits(directory.log);
  const spend = createBucket();
  let options: OktaOptions = oktaOptions.parse({});
  let underWay = 0;
  const tokens = createTokens(application, clock, () => options.apiTokenIsGood);

  const find = (key: string) => directory.find(worldId(key)) ?? directory.find(key);
  const page = (request: SandboxRequest, ids: readonly string[], show: (id: string) => unknown): SandboxResponse => {
    const size = limitOf(request.query.get('limit'), 1_000);
    const from = Number(request.query.get('after') ?? 0);
    const more = from + size < ids.length;
    const links = linkHeaders(request, more ? String(from + size) : null);
    return { ...answerJson(ids.slice(from, from + size).map(show), links), note: { kind: 'listing' } };
  };
  const readOne = (key: string): SandboxResponse => {
    const person = find(key);
    if (person === undefined) return oktaError('E0000007');
    return answerJson(userOf(directory, person, edits.lastOf(person.id)), { etag: `W/"${person.id}"` });
  };
  const members = (request: SandboxRequest, id: string): SandboxResponse => {
    const group = directory.groups.find(id);
    if (group === undefined) return oktaError('E0000007');
    const people = [...group.people].flatMap((one) => directory.find(one) ?? []);
    const users = new Map(people.map((person) => [oktaId(person.id), person]));
    return page(request, [...users.keys()], (one) => {
      const person = users.get(one);
      return person === undefined ? { id: one } : userOf(directory, person, edits.lastOf(person.id));
    });
  };
  const groupsOf = (request: SandboxRequest, key: string): SandboxResponse => {
    const person = find(key);
    if (person === undefined) return oktaError('E0000007');
    return page(request, directory.groups.holding(person.id, false), (id) => ({
      id,
      type: 'OKTA_GROUP',
      profile: { name: directory.groups.find(id)?.name ?? id },
    }));
  };
  const findGroups = (request: SandboxRequest): SandboxResponse => {
    const begin = (request.query.get('q') ?? '').toLowerCase();
    const found = directory.groups.all().filter(({ name }) => name.toLowerCase().startsWith(begin));
    return page(
      request,
      found.map(({ id }) => id),
      (id) => ({ id, type: 'OKTA_GROUP', profile: { name: directory.groups.find(id)?.name } }),
    );
  };
  const schema = (): SandboxResponse =>
    answerJson({
      definitions: {
        base: {
          id: '#base',
          type: 'object',
          properties: Object.fromEntries(baseNames.map((name) => [name, text(name)])),
        },
        custom: { id: '#custom', type: 'object', properties: { customBadge: text('Badge') } },
      },
    });

  const lacks = (request: SandboxRequest, scope: string, right: boolean): boolean => {
    const scopes = tokens.scopesOf(request);
    return !right || (scopes !== null && !scopes.includes(scope));
  };
  const route = (request: SandboxRequest): SandboxResponse => {
    if (request.method !== 'GET') return oktaError('E0000022');
    const [first, second, third, ...rest] = request.path.replace('/api/v1/', '').split('/').map(decodeURIComponent);
    const isGroups = first === 'groups' || third === 'groups';
    if (first === 'meta' && lacks(request, 'okta.schemas.read', options.mayReadSchema)) return oktaError('E0000006');
    if (isGroups && lacks(request, 'okta.groups.read', options.mayReadGroups)) return oktaError('E0000006');
    if (first === 'users' && lacks(request, 'okta.users.read', options.mayReadUsers)) return oktaError('E0000006');
    if (rest.length === 0 && first === 'users' && second === undefined) {
      return listUsers({ directory, edits }, request, clock.now(), options);
    }
    if (first === 'users' && second !== undefined && third === undefined) return readOne(second);
    if (first === 'users' && second !== undefined && third === 'groups') return groupsOf(request, second);
    if (first === 'groups' && second === undefined) return findGroups(request);
    if (first === 'groups' && second !== undefined && third === 'users') return members(request, second);
    if (request.path === '/api/v1/meta/schemas/user/default') return schema();
    return oktaError('E0000007');
  };
  const metered = async (request: SandboxRequest): Promise<SandboxResponse> => {
    if (!(await tokens.holds(request))) return oktaError('E0000011');
    if (options.atOnce !== undefined && underWay > options.atOnce) return tooManyAtOnce(clock.now());
    const spent = spend(clock.now(), options.requestsPerMinute ?? 1_000_000);
    if ('refusal' in spent) return spent.refusal;
    edits.look();
    try {
      const response = route(request);
      return { ...response, headers: { ...spent.headers, ...response.headers } };
    } catch (error) {
      if (error instanceof Refusal) return error.response;
      throw error;
    }
  };
  const handle = async (request: SandboxRequest): Promise<SandboxResponse> => {
    if (request.path === '/oauth2/v1/token' && request.method === 'POST') return tokens.issue(request);
    if (!request.path.startsWith('/api/v1/')) return { status: 404, body: '' };
    underWay += 1;
    try {
      return await metered(request);
    } finally {
      underWay -= 1;
    }
  };
  return {
    service: { name: 'okta', handle },
    controls: {
      store: () => {
        edits.look();
        return [...directory.all()].map((person) => userOf(directory, person, edits.lastOf(person.id)));
      },
      expireSessions: () => tokens.expireAll(),
      configure(changes) {
        options = oktaOptions.parse({ ...options, ...changes });
      },
    },
  };
};
