import { runScript } from '../atlassian/endpoint-script.ts';
import { createLogin } from '../atlassian/login.ts';
import { createProduct } from '../atlassian/product.ts';
import { passesXsrf, type Visit } from '../atlassian/visit.ts';
import { createWebSudo } from '../atlassian/web-sudo.ts';
import type { SandboxResponse, Service } from '../service.ts';
import type { AccountSeed, Controls, ProductDeps } from '../world/types.ts';
import { createEditUser, detailPlace } from './edit-user.ts';
import { confluenceOptions, generations } from './options.ts';
import { message, page, pages } from './pages.ts';
import { createRemoteApi, remoteApiPath } from './remote-api.ts';
import { json, refuse } from './rest.ts';
import { listGroups, listMembers, listUsers, readCurrent, readUser } from './users.ts';

const notFound = () => message(404, 'Page Not Found', 'The page does not exist.', { kind: 'other' });
const xsrfPage = () => message(200, 'XSRF Security Token Missing', 'The token is missing.', { kind: 'other' });

const redirect = (location: string): SandboxResponse => ({
  status: 302,
  headers: { location },
  note: { kind: 'other' },
});

const destinationOf = ({ request }: Visit): string => encodeURIComponent(request.path + request.url.search);
const toLogin = (visit: Visit) =>
  redirect(`/login.action?os_destination=${destinationOf(visit)}&permissionViolation=true`);

/** Confluence Data Center: signing in, users by REST, and the form that edits a user. */
export const createConfluence = (deps: ProductDeps): { service: Service; controls: Controls } => {
  const product = createProduct(deps, confluenceOptions, '/dologin.action');
  const { accounts, options } = product;
  const passwordPage = (visit: Visit, destination: string, error = ''): SandboxResponse =>
    page(pages.password({ destination, token: visit.xsrf, error }), { kind: 'login' });
  const login = createLogin({
    ...product,
    pages: { form: pages.login, captcha: pages.loginCaptcha, twoStep: pages.loginTwoStep },
  });
  const webSudo = createWebSudo({
    ...product,
    passwordField: 'password',
    destinationField: 'destination',
    home: '/admin/console.action',
    passwordPage: (visit, destination) =>
      passwordPage(visit, destination, '<span class="error">Wrong password.</span>'),
    codePage: () => page(pages.code(), { kind: 'login' }),
    xsrfPage,
  });
  const editUser = createEditUser(accounts, options);
  const remoteApi = createRemoteApi(accounts);

  /** A plain administrator gets nowhere near a system administrator. */
  const reach = (actor: AccountSeed) => (account: AccountSeed) =>
    account.isSystemAdmin && !actor.isSystemAdmin ? redirect('/notpermitted.action') : null;

  const administration = (visit: Visit): SandboxResponse => {
    const { request, account } = visit;
    if (account === null) return request.method === 'POST' ? xsrfPage() : toLogin(visit);
    if (!account.isAdmin) return redirect('/notpermitted.action');
    if (!webSudo.isOpen(visit)) {
      return options().passwordPageBy === 'forward'
        ? passwordPage(visit, request.path + request.url.search)
        : redirect(`/authenticate.action?destination=${destinationOf(visit)}`);
    }
    switch (request.path) {
      case '/admin/users/edituser.action':
        return editUser.show(visit, reach(account));
      case '/admin/users/doedituser.action':
        if (request.method !== 'POST') return message(405, 'Not allowed', 'Only POST.', { kind: 'other' });
        return passesXsrf(visit) ? editUser.act(visit, reach(account)) : xsrfPage();
      case '/admin/users/viewuser.action':
      case '/admin/console.action':
      case '/admin/viewgeneralconfig.action':
        return page(pages.message({ title: 'Administration', text: '', css: '' }), { kind: 'other' });
    }
    return notFound();
  };

  const forUsers = (visit: Visit, account: AccountSeed): SandboxResponse => {
    const { path } = visit.request;
    if (path === '/rest/api/user') return readUser(accounts, visit);
    if (path === '/rest/api/user/list') {
      return generations[options().profile].hasUserList ? listUsers(accounts, visit) : refuse(404, 'null for uri');
    }
    if (path === '/rest/api/group') return listGroups(accounts, visit);
    const group = /^\/rest\/api\/group\/([^/]+)\/member$/.exec(path)?.[1];
    if (group === undefined) return refuse(404, 'null for uri');
    if (!account.isAdmin) return refuse(403, 'Only administrators may list the members of a group.', 'listing');
    return listMembers(accounts, visit, decodeURIComponent(group));
  };

  const script = (visit: Visit): SandboxResponse => {
    if (visit.account === null) return refuse(401, 'Client must be authenticated to access this resource.');
    if (!options().scriptRunner) return refuse(404, 'null for uri');
    return visit.account.isAdmin
      ? runScript(accounts, visit.request, detailPlace)
      : refuse(403, 'Only members of confluence-administrators.');
  };

  const rest = (visit: Visit): SandboxResponse => {
    const { method, path, url } = visit.request;
    const { version, tellsVersion } = generations[options().profile];
    if (path === '/rest/tsv/1.0/authenticate' && method === 'POST') return login.twoStep(visit);
    if (path === '/rest/scriptrunner/latest/custom/attuneUserDetails' && method === 'POST') return script(visit);
    if (method !== 'GET') return refuse(405, 'Method Not Allowed');
    if (path === '/rest/applinks/1.0/manifest') {
      return json(
        { id: 'sandbox', name: 'Confluence', typeId: 'confluence', version, url: url.origin },
        { kind: 'login' },
      );
    }
    if (path === '/rest/api/server-information' && tellsVersion) {
      return json({ version, buildNumber: 9112, baseUrl: url.origin }, { kind: 'login' });
    }
    if (path === '/rest/api/user/current') return readCurrent(visit);
    return visit.account === null ? refuse(403, 'Anonymous use of REST is off.') : forUsers(visit, visit.account);
  };

  const answer = (visit: Visit): SandboxResponse => {
    const { method, path, query } = visit.request;
    if (options().starting) return page(pages.starting(), { kind: 'other' });
    if (path.startsWith('/rest/')) return rest(visit);
    if (path.startsWith(remoteApiPath)) return remoteApi(visit, options().remoteApi, webSudo.isOpen);
    if (path.startsWith('/admin/')) return administration(visit);
    switch (path) {
      case '/login.action':
      case '/dologin.action':
        return login.page(visit, '/index.action');
      case '/logout.action':
        if (!passesXsrf(visit)) return xsrfPage();
        login.logout(visit);
        return { ...redirect('/login.action?logout=true'), note: { kind: 'login' } };
      case '/authenticate.action':
        return visit.account === null ? toLogin(visit) : passwordPage(visit, query.get('destination') ?? '');
      case '/doauthenticate.action':
        return method === 'POST' ? webSudo.answer(visit) : notFound();
    }
    return notFound();
  };

  return {
    service: { name: 'confluence', handle: product.through(answer) },
    controls: { ...product.controls, store: () => ({ accounts: product.controls.store() }) },
  };
};
