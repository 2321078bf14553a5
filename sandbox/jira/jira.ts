import { runScript } from '../atlassian/endpoint-script.ts';
import { createLogin } from '../atlassian/login.ts';
import { createProduct } from '../atlassian/product.ts';
import { passesXsrf, type Visit } from '../atlassian/visit.ts';
import { createWebSudo } from '../atlassian/web-sudo.ts';
import type { SandboxResponse, Service } from '../service.ts';
import type { AccountSeed, Controls, ProductDeps } from '../world/types.ts';
import { createEntityProperties } from './entity-properties.ts';
import { generations, jiraOptions } from './options.ts';
import { page, pages } from './pages.ts';
import { empty, json, notSignedIn, refuse } from './rest.ts';
import { createUserProperties } from './user-properties.ts';
import { listMembers, listRoles, listUsers, readMyself, readUser, searchUsers } from './users.ts';

const admin = '/secure/admin/user/';
const actions = ['EditUserProperties!add.jspa', 'EditUserProperty!update.jspa', 'DeleteUserProperty.jspa'];
const notFound = () => page(pages.notFound(), { kind: 'other' }, 404);
/** Forms without their token, and forms of whoever is not signed in, are answered alike, with status 200. */
const xsrfPage = () => page(pages.xsrf(), { kind: 'other' });

const toLogin = ({ request }: Visit): SandboxResponse => ({
  status: 302,
  headers: {
    location: `/login.jsp?permissionViolation=true&os_destination=${encodeURIComponent(request.path + request.url.search)}&page_caps=&user_role=ADMIN`,
  },
  note: { kind: 'other' },
});

/** Jira Data Center: signing in, users by REST, entity properties, and the administration pages of User Properties. */
export const createJira = (deps: ProductDeps): { service: Service; controls: Controls } => {
  const product = createProduct(deps, jiraOptions, '/login.jsp');
  const { accounts, options } = product;
  const passwordPage = (visit: Visit, destination: string, error = ''): SandboxResponse =>
    page(pages.password({ destination, token: visit.xsrf, error, isPost: `${visit.request.method === 'POST'}` }), {
      kind: 'other',
    });
  const login = createLogin({
    ...product,
    pages: { form: pages.login, captcha: pages.loginCaptcha, twoStep: pages.loginTwoStep },
  });
  const webSudo = createWebSudo({
    ...product,
    passwordField: 'webSudoPassword',
    destinationField: 'webSudoDestination',
    home: '/secure/admin/user/UserBrowser.jspa',
    passwordPage: (visit, destination) =>
      passwordPage(visit, destination, '<span class="error">Wrong password.</span>'),
    codePage: () => page(pages.code(), { kind: 'login' }),
    xsrfPage,
  });
  const entities = createEntityProperties(accounts);
  const properties = createUserProperties(accounts, options);

  /** A plain administrator gets nowhere near a system administrator. */
  const reach = (actor: AccountSeed, visit: Visit) => (account: AccountSeed) =>
    account.isSystemAdmin && !actor.isSystemAdmin ? toLogin(visit) : null;

  const askPassword = (visit: Visit): SandboxResponse => {
    const { path, url } = visit.request;
    if (options().passwordPageBy !== 'redirect') return passwordPage(visit, path + url.search);
    const destination = encodeURIComponent(path + url.search);
    const location = `/secure/admin/WebSudoAuthenticate!default.jspa?webSudoDestination=${destination}`;
    return { status: 302, headers: { location }, note: { kind: 'other' } };
  };

  const administration = (visit: Visit, actor: AccountSeed, action: string): SandboxResponse => {
    const { request } = visit;
    if (!actor.isAdmin) return toLogin(visit);
    if (!webSudo.isOpen(visit)) return askPassword(visit);
    if (action === 'UserBrowser.jspa') return page(pages.userBrowser(), { kind: 'other' });
    if (action === 'EditUserProperties.jspa') return properties.show(visit, reach(actor, visit));
    if (!actions.includes(action)) return notFound();
    if (request.method !== 'POST') return page('Method not allowed', { kind: 'other' }, 405);
    return passesXsrf(visit) ? properties.act(visit, action, reach(actor, visit)) : xsrfPage();
  };

  const anybody = (visit: Visit): SandboxResponse | null => {
    const { method, path, url } = visit.request;
    const { version } = generations[options().profile];
    switch (`${method} ${path}`) {
      case 'GET /rest/api/2/serverInfo': {
        const versionNumbers = version.split('.').map(Number);
        const info = { baseUrl: url.origin, version, versionNumbers, deploymentType: 'Server', serverTitle: 'Jira' };
        return json(info, { kind: 'login' });
      }
      case 'GET /rest/api/2/mypermissions': {
        const permission = (id: string, key: string, havePermission: boolean) => ({
          [key]: { id, key, name: key, type: 'GLOBAL', description: '', havePermission },
        });
        const { isAdmin = false, isSystemAdmin = false } = visit.account ?? {};
        const permissions = {
          ...permission('0', 'ADMINISTER', isAdmin),
          ...permission('44', 'SYSTEM_ADMIN', isSystemAdmin),
        };
        return json({ permissions }, { kind: 'login' });
      }
      case 'POST /rest/tsv/1.0/authenticate':
        return login.twoStep(visit);
    }
    return null;
  };

  const asAdmin = (actor: AccountSeed, answer: () => SandboxResponse): SandboxResponse =>
    actor.isAdmin ? answer() : refuse(403, 'You do not have the permission to see this.');

  const rest = (visit: Visit, actor: AccountSeed): SandboxResponse => {
    const { method, path } = visit.request;
    if (path === '/rest/api/2/user/properties' || path.startsWith('/rest/api/2/user/properties/')) {
      return entities.answer(visit, actor);
    }
    switch (`${method} ${path}`) {
      case 'GET /rest/api/2/myself':
        return readMyself(actor, visit);
      case 'GET /rest/api/2/user':
        return readUser(accounts, visit);
      case 'GET /rest/api/2/user/search':
        return searchUsers(accounts, visit, options());
      case 'GET /rest/api/2/user/list':
        return generations[options().profile].hasUserList
          ? listUsers(accounts, visit, options())
          : refuse(404, 'null for uri');
      case 'GET /rest/api/2/group/member':
        return asAdmin(actor, () => listMembers(accounts, visit));
      case 'GET /rest/api/2/applicationrole':
        return asAdmin(actor, listRoles);
      case 'DELETE /rest/auth/1/session':
        login.logout(visit);
        return empty(204, { kind: 'login' });
      case 'DELETE /rest/auth/1/websudo':
        webSudo.drop(visit);
        return empty(204, { kind: 'login' });
      case 'POST /rest/scriptrunner/latest/custom/attuneUserProperties':
        if (!options().scriptRunner) return refuse(404, 'null for uri');
        return asAdmin(actor, () => runScript(accounts, visit.request, (key) => key));
    }
    return refuse(404, 'null for uri');
  };

  const answer = (visit: Visit): SandboxResponse => {
    const { path } = visit.request;
    if (options().starting) return page(pages.starting(), { kind: 'other' });
    if (path === '/login.jsp') return login.page(visit, '/secure/Dashboard.jspa');
    const open = anybody(visit);
    if (open !== null) return open;
    if (path.startsWith('/rest/')) return visit.account === null ? notSignedIn() : rest(visit, visit.account);
    if (path === '/secure/admin/WebSudoAuthenticate.jspa' && visit.request.method === 'POST')
      return webSudo.answer(visit);
    if (!path.startsWith(admin)) return notFound();
    if (visit.account !== null) return administration(visit, visit.account, path.slice(admin.length));
    return visit.request.method === 'POST' ? xsrfPage() : toLogin(visit);
  };

  return {
    service: { name: 'jira', handle: product.through(answer) },
    controls: {
      ...product.controls,
      store: () => ({ accounts: product.controls.store(), entityProperties: entities.stores() }),
    },
  };
};
