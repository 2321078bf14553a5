import type { Clock } from '../clock.ts';
import type { SandboxRequest, SandboxResponse, Service } from '../service.ts';
import type { Directory } from '../world/directory.ts';
import type { Controls } from '../world/types.ts';
import { graphError, jsonHeaders, Refusal } from './errors.ts';
import { readExpand, withManager } from './expand.ts';
import { listUsers } from './list.ts';
import { type EntraOptions, entraOptions } from './options.ts';
import { project, readSelect } from './select.ts';
import { type Application, createTokens } from './tokens.ts';

const notFound = (key: string) =>
  graphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${key}' does not exist or one of its queried reference-property objects are not present.`,
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

/** Microsoft's login host and Graph in one: tokens, the list of users, one user and the manager. */
export const createEntra = (deps: {
  directory: Directory;
  application: Application;
  clock: Clock;
}): { service: Service; controls: Controls } => {
  const { directory, application, clock } = deps;
  const tokens = createTokens(application, clock);
  let options: EntraOptions = entraOptions.parse({});
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
    if (!options.mayReadUsers)
      return graphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
    if (request.url.href.length > options.longestUrl) return graphError(414, 'UriTooLong', 'The URL is too long.');
    if (request.method !== 'GET') return graphError(405, 'Request_BadRequest', 'Specified HTTP method is not allowed.');
    const rest = request.path.replace('/v1.0/', '');
    if (rest === 'users') return listUsers(directory, request, clock.now(), options);
    if (/^users(\/[^/]+|\('.*'\))(\/manager)?$/.test(rest)) return readOne(request, rest);
    return graphError(400, 'BadRequest', `Resource not found for the segment '${rest.split('/')[0]}'.`);
  };
  const handle = async (request: SandboxRequest): Promise<SandboxResponse> => {
    const tenant = /^\/([^/]+)\/oauth2\/v2\.0\/token$/.exec(request.path)?.[1];
    if (tenant !== undefined && request.method === 'POST') return tokens.issue(request, tenant);
    try {
      return handleGraph(request);
    } catch (error) {
      if (error instanceof Refusal) return error.response;
      throw error;
    }
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
