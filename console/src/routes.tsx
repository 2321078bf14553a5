import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { Connectors } from './pages/connectors.tsx';
import { Overview } from './pages/overview.tsx';
import { RunPage } from './pages/run.tsx';
import { Runs } from './pages/runs.tsx';
import { Shell } from './shell.tsx';
import { SignedInProvider } from './signed-in.tsx';

const root = createRootRouteWithContext<{ client: QueryClient }>()({
  component: () => (
    <SignedInProvider>
      <Shell>
        <Outlet />
      </Shell>
    </SignedInProvider>
  ),
  notFoundComponent: () => (
    <div className="empty">
      <strong>There is no such page</strong>
      <span>The address may be of a newer or older Attune. The pages there are stand on the left.</span>
    </div>
  ),
});

/** The texts among these parts of an address; anything else there is left out. */
const texts = <Name extends string>(
  search: Record<string, unknown>,
  names: readonly Name[],
): { [name in Name]?: string } => {
  const found: { [name in Name]?: string } = {};
  for (const name of names) {
    const value = search[name];
    // Numbers too: the router reads a text of digits as one.
    if (typeof value === 'number' || (typeof value === 'string' && value !== '')) found[name] = String(value);
  }
  return found;
};

const overview = createRoute({ getParentRoute: () => root, path: '/', component: Overview });
const login = createRoute({ getParentRoute: () => root, path: '/login', component: () => <Navigate to="/" replace /> });
const connectors = createRoute({ getParentRoute: () => root, path: '/connectors', component: Connectors });
const connector = createRoute({
  getParentRoute: () => root,
  path: '/connectors/$id',
  component: lazyRouteComponent(() => import('./pages/connector/connector.tsx'), 'ConnectorPage'),
});
const connectorIndex = createRoute({
  getParentRoute: () => connector,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/connectors/$id/mapping', params, replace: true });
  },
});
const mapping = createRoute({
  getParentRoute: () => connector,
  path: '/mapping',
  validateSearch: (search) => texts(search, ['target', 'person']),
  component: lazyRouteComponent(() => import('./pages/connector/mapping.tsx'), 'MappingPage'),
});
const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  validateSearch: (search) => texts(search, ['connector', 'kind', 'status']),
  component: Runs,
});
const run = createRoute({ getParentRoute: () => root, path: '/runs/$run', component: RunPage });

const person = createRoute({
  getParentRoute: () => root,
  path: '/people/$connector/$person',
  component: lazyRouteComponent(() => import('./pages/people/person.tsx'), 'PersonPage'),
});

const tree = root.addChildren([
  overview,
  login,
  connectors,
  connector.addChildren([connectorIndex, mapping]),
  runs,
  run,
  person,
]);

/** The pages by their addresses; an address holds ids and filters, never a personal value. */
export const createConsoleRouter = (client: QueryClient) =>
  createRouter({ routeTree: tree, context: { client }, scrollRestoration: true, defaultPreload: false });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
