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
import { RunPage } from './pages/run/run.tsx';
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
      <span>The address may belong to a newer or older Attune. The available pages are listed on the left.</span>
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
  component: lazyRouteComponent(() => import('./pages/connector/mapping/mapping.tsx'), 'MappingPage'),
});
const settingsTab = createRoute({
  getParentRoute: () => connector,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/connector/connection-settings.tsx'), 'SettingsTab'),
});
const schedules = createRoute({
  getParentRoute: () => connector,
  path: '/schedules',
  component: lazyRouteComponent(() => import('./pages/connector/schedules.tsx'), 'SchedulesPage'),
});
const guard = createRoute({
  getParentRoute: () => connector,
  path: '/guard',
  component: lazyRouteComponent(() => import('./pages/connector/guard.tsx'), 'GuardPage'),
});
const versions = createRoute({
  getParentRoute: () => connector,
  path: '/versions',
  validateSearch: (search) => texts(search, ['version']),
  component: lazyRouteComponent(() => import('./pages/connector/versions.tsx'), 'VersionsPage'),
});
const document = createRoute({
  getParentRoute: () => connector,
  path: '/document',
  component: lazyRouteComponent(() => import('./pages/connector/document.tsx'), 'DocumentPage'),
});
const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  validateSearch: (search) => texts(search, ['connector', 'kind', 'status', 'days']),
  component: Runs,
});
const run = createRoute({ getParentRoute: () => root, path: '/runs/$run', component: RunPage });

const plan = createRoute({
  getParentRoute: () => root,
  path: '/runs/$run/plan',
  component: lazyRouteComponent(() => import('./pages/plan/plan.tsx'), 'PlanPage'),
});
const people = createRoute({
  getParentRoute: () => root,
  path: '/people',
  validateSearch: (search) => texts(search, ['connector', 'target', 'outcome', 'reason']),
  component: lazyRouteComponent(() => import('./pages/people/people.tsx'), 'People'),
});
const person = createRoute({
  getParentRoute: () => root,
  path: '/people/$connector/$person',
  validateSearch: (search) => texts(search, ['tab']),
  component: lazyRouteComponent(() => import('./pages/people/person.tsx'), 'PersonPage'),
});
const targets = createRoute({
  getParentRoute: () => root,
  path: '/targets',
  component: lazyRouteComponent(() => import('./pages/targets/targets.tsx'), 'Targets'),
});
const target = createRoute({
  getParentRoute: () => root,
  path: '/targets/$id',
  component: lazyRouteComponent(() => import('./pages/targets/target.tsx'), 'TargetPage'),
});
const history = createRoute({
  getParentRoute: () => root,
  path: '/history',
  validateSearch: (search) => texts(search, ['who', 'what', 'about']),
  component: lazyRouteComponent(() => import('./pages/history.tsx'), 'History'),
});
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/settings/settings.tsx'), 'SettingsPage'),
});

const tree = root.addChildren([
  overview,
  login,
  connectors,
  connector.addChildren([connectorIndex, mapping, settingsTab, schedules, guard, versions, document]),
  runs,
  run,
  plan,
  people,
  person,
  targets,
  target,
  history,
  settings,
]);

/** The pages by their addresses; an address holds ids and filters, never a personal value. */
export const createConsoleRouter = (client: QueryClient) =>
  createRouter({ routeTree: tree, context: { client }, scrollRestoration: true, defaultPreload: false });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
