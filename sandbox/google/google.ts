import type { Clock } from '../clock.ts';
import type { SandboxRequest, SandboxResponse, Service } from '../service.ts';
import type { Directory } from '../world/directory.ts';
import type { Controls } from '../world/types.ts';
import { googleError, jsonHeaders, notFound, Refusal } from './errors.ts';
import { picked, selectionOf, userShape } from './fields.ts';
import { checkSchemas, createByMail, listUsers } from './list.ts';
import { askMember, listMembers } from './members.ts';
import { type GoogleOptions, googleOptions } from './options.ts';
import { createTokens, type GoogleApplication } from './tokens.ts';
import { project, userOf, worldId } from './user.ts';

const windowMs = 60_000;
const scopes = 'https://www.googleapis.com/auth/admin.directory.';

/** Google's token host and Directory API in one: sign-in, users, one user by any key, members of groups. */
export const createGoogle = (deps: {
  directory: Directory;
  application: GoogleApplication;
  clock: Clock;
}): { service: Service; controls: Controls } => {
  const { directory, application, clock } = deps;
  const tokens = createTokens(application, clock);
  const byMail = createByMail(directory);
  let options: GoogleOptions = googleOptions.parse({});
  let window = { opened: 0, used: 0 };

  /** By id, primary mail or alias. */
  const find = (key: string) => {
    const own = directory.find(worldId(key));
    if (own !== undefined) return own;
    const mail = key.toLowerCase();
    const { mails, ids } = byMail();
    const at = mails.indexOf(mail);
    if (at >= 0) return directory.find(ids[at] ?? '');
    if (!mail.includes('@')) return undefined;
    return [...directory.all()].find((person) => {
      const { aliases } = userOf(directory, person);
      return Array.isArray(aliases) && aliases.includes(mail);
    });
  };
  const readOne = (request: SandboxRequest, key: string): SandboxResponse => {
    checkSchemas(request.query, options);
    const person = find(key);
    if (person === undefined) return notFound('userKey');
    const selection = selectionOf(request.query.get('fields'), userShape);
    const shown = picked(project(userOf(directory, person), request.query), selection);
    return { status: 200, headers: jsonHeaders, body: JSON.stringify(shown), note: { kind: 'read' } };
  };
  const route = (request: SandboxRequest, granted: readonly string[]): SandboxResponse => {
    const [first, second, third, fourth] = request.path
      .replace('/admin/directory/v1/', '')
      .split('/')
      .map(decodeURIComponent);
    const forbidden = googleError(403, 'forbidden', 'Not Authorized to access this resource/api');
    if (request.method !== 'GET') return googleError(405, 'httpMethodNotAllowed', 'Method not allowed');
    if (first === 'users') {
      if (!options.mayReadUsers || !granted.includes(`${scopes}user.readonly`)) return forbidden;
      if (second === undefined) return listUsers({ directory, byMail }, request, clock.now(), options);
      return third === undefined ? readOne(request, second) : notFound('path');
    }
    if (first === 'groups' && second !== undefined) {
      if (!options.mayReadGroups || !granted.includes(`${scopes}group.member.readonly`)) return forbidden;
      if (third === 'members' && fourth === undefined) return listMembers(directory, request, second);
      const person = find(fourth ?? '')?.id ?? '';
      if (third === 'members') return askMember(directory, { key: second, person, derived: false });
      if (third === 'hasMember') return askMember(directory, { key: second, person, derived: true });
    }
    return notFound('path');
  };
  const metered = (request: SandboxRequest): SandboxResponse => {
    const granted = tokens.scopesOf(request);
    if (granted === null) return googleError(401, 'authError', 'Invalid Credentials');
    if (clock.now() - window.opened >= windowMs) window = { opened: clock.now(), used: 0 };
    window.used += 1;
    if (window.used > options.queriesPerMinute) return googleError(403, options.limitedReason, 'Rate Limit Exceeded');
    try {
      return route(request, granted);
    } catch (error) {
      if (error instanceof Refusal) return error.response;
      throw error;
    }
  };
  const handle = async (request: SandboxRequest): Promise<SandboxResponse> => {
    if (request.path === '/token' && request.method === 'POST') return tokens.issue(request);
    return request.path.startsWith('/admin/directory/v1/') ? metered(request) : { status: 404, body: '' };
  };
  return {
    service: { name: 'google', handle },
    controls: {
      store: () => [...directory.all()].map((person) => userOf(directory, person)),
      expireSessions: () => tokens.expireAll(),
      configure(changes) {
        options = googleOptions.parse({ ...options, ...changes });
      },
    },
  };
};
