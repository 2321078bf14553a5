import type { Clock } from '../clock.ts';
import type { SandboxRequest, SandboxResponse, Service } from '../service.ts';
import type { Directory } from '../world/directory.ts';
import type { Controls } from '../world/types.ts';
import { answerBatch } from './batch.ts';
import { createChanges } from './delta.ts';
import { graphError, jsonHeaders, Refusal } from './errors.ts';
import { readExpand, withManager } from './expand.ts';
import { listUsers } from './list.ts';
import { asksMembers, findGroups, listMembers, pageOfObjects } from './members.ts';
import { type EntraOptions, entraOptions } from './options.ts';
import { project, readSelect } from './select.ts';
import { createThrottle, unitsFor } from './throttle.ts';
import { type Application, createTokens } from './tokens.ts';

const notFound = (key: string) =>
  graphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${key}' does not exist or one of its queried reference-property objects are not present.`,
  );

/** Nobody has a picture yet: Graph says so with a code of its own. */
const noPhoto = () =>
  graphError(
    404,
    'ImageNotFound',
    "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ImageNotFoundException' was thrown.",
  );

const answerJson = (body: unknown): SandboxResponse => ({
  status: 200,
  headers: jsonHeaders,
  body: JSON.stringify(body),
  note: { kind: 'read' },
});

const keyOf = (segment: string): string => {
  const quoted = /^users\('(.*)'\)$/.exec(segment);
  return quoted?.[1]?.replaceAll("''", "'") ?? segment.replace(/^users\//, '');
};

const memberships = /^users\/([^/]+)\/(memberOf|transitiveMemberOf)$/;

/** Microsoft's login host and Graph in one: tokens, users and their changes, one user, manager and reports, groups. */
export const createEntra = (deps: {
  directory: Directory;
  application: Application;
  clock: Clock;
}): { service: Service; controls: Controls } => {
  const { directory, application, clock } = deps;
  const tokens = createTokens(application, clock);
  let options: EntraOptions = entraOptions.parse({});
  const listChanges = createChanges(directory);
  const spend = createThrottle();
  const readReports = (request: SandboxRequest, rest: string): SandboxResponse => {
    const key = keyOf(decodeURIComponent(rest.slice(0, -'/directReports'.length)));
    const person = directory.find(key);
    if (person === undefined) return notFound(key);
    const reports = directory.reportsOf(person.id).map(({ id }) => id);
    return pageOfObjects(directory, request, reports, false);
  };
  const readMemberships = (request: SandboxRequest, rest: string): SandboxResponse => {
    const [, key = '', which] = memberships.exec(rest) ?? [];
    const person = directory.find(keyOf(decodeURIComponent(`users/${key}`)));
    if (person === undefined) return notFound(key);
    return pageOfObjects(directory, request, directory.groups.holding(person.id, which !== 'memberOf'), false);
  };
  const refusedRight = (request: SandboxRequest, rest: string): boolean =>
    rest === 'groups' || rest.startsWith('groups/') || memberships.test(rest)
      ? !options.mayReadGroups
      : !options.mayReadUsers ||
        (!options.mayReadSignIns && (request.query.get('$select') ?? '').split(',').includes('signInActivity'));
  const readOne = (request: SandboxRequest, rest: string): SandboxResponse => {
    const wantsManager = rest.endsWith('/manager');
    const key = keyOf(decodeURIComponent(wantsManager ? rest.slice(0, -'/manager'.length) : rest));
    const person = directory.find(key);
    const names = readSelect(request.query.get('$select'), 'single');
    const managerNames = readExpand(request.query.get('$expand'));
    if (person === undefined) return notFound(key);
    const manager = directory.managerOf(person.id);
    if (wantsManager) return manager === undefined ? notFound('manager') : answerJson(project(manager, names));
    return answerJson(withManager(project(person, names), managerNames, manager));
  };
  const handleGraph = (request: SandboxRequest): SandboxResponse => {
    if (!tokens.holds(request))
      return graphError(401, 'InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired.', {
        'www-authenticate': 'Bearer realm=""',
      });
    const rest = request.path.replace('/v1.0/', '');
    if (refusedRight(request, rest))
      return graphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
    if (request.url.href.length > options.longestUrl) return graphError(414, 'UriTooLong', 'The URL is too long.');
    if (request.method !== 'GET') return graphError(405, 'Request_BadRequest', 'Specified HTTP method is not allowed.');
    if (rest === 'users') return listUsers(directory, request, clock.now(), options);
    if (rest === 'users/delta') return listChanges(request, clock.now(), options);
    if (/^users\/[^/]+\/photo(\/\$value)?$/.test(rest)) return noPhoto();
    if (rest === 'groups') return findGroups(directory, request);
    if (asksMembers(rest)) return listMembers(directory, request, rest);
    if (/^users\/[^/]+\/directReports$/.test(rest)) return readReports(request, rest);
    if (memberships.test(rest)) return readMemberships(request, rest);
    if (/^users(\/[^/]+|\('.*'\))(\/manager)?$/.test(rest)) return readOne(request, rest);
    return graphError(400, 'BadRequest', `Resource not found for the segment '${rest.split('/')[0]}'.`);
  };
  /** One request against the tenant's resource units; each part of a batch costs its own. */
  const metered = (request: SandboxRequest): SandboxResponse => {
    const spent = spend(request, clock.now(), options.resourceUnits ?? unitsFor(directory.size()));
    if ('refusal' in spent) return spent.refusal;
    try {
      const response = handleGraph(request);
      return { ...response, headers: { ...spent.headers, ...response.headers } };
    } catch (error) {
      if (error instanceof Refusal) return error.response;
      throw error;
    }
  };
  const handle = async (request: SandboxRequest): Promise<SandboxResponse> => {
    const tenant = /^\/([^/]+)\/oauth2\/v2\.0\/token$/.exec(request.path)?.[1];
    if (tenant !== undefined && request.method === 'POST') return tokens.issue(request, tenant);
    if (request.path === '/v1.0/$batch' && request.method === 'POST') {
      return tokens.holds(request) ? answerBatch(request, metered) : handleGraph(request);
    }
    return metered(request);
  };
  return {
    service: { name: 'entra', handle },
    controls: {
      store: () =>
        [...directory.all()].map((person) => ({ ...person, managerId: directory.managerOf(person.id)?.id ?? null })),
      expireSessions: () => tokens.expireAll(),
      configure(changes) {
        options = entraOptions.parse({ ...options, ...changes });
      },
    },
  };
};
