import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** Debian's Chromium without what it would do by itself: look for updates, call its maker, keep anything. */
const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** Starts the Chromium that ATTUNE_CHROMIUM names, as `npm run test:browser` found it. */
export const startChromium = (): Promise<Browser> => {
  const executablePath = process.env.ATTUNE_CHROMIUM;
  if (executablePath === undefined) throw new Error('run with npm run test:browser');
  return chromium.launch({ executablePath, args: flags });
};

/** What a page did that the console must never do, and all it said. */
export type Watched = {
  /** Violations of the policy, each with what was blocked. */
  readonly violations: string[];
  /** Requests to any host but the console's own. */
  readonly strangers: string[];
  /** Errors nobody caught. */
  readonly errors: string[];
  /** Everything written to the console of the browser. */
  readonly said: string[];
  /** All addresses the page ever had, and all titles. */
  readonly addresses: string[];
};

export type Theme = 'light' | 'dark';

/** Goes to a page within the console, as its links do: values stay shown. */
export const goWithin = (page: Page, address: string): Promise<void> =>
  page.evaluate((to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, address);

/** A tab of its own that can reach this address alone, watched from its first moment on. */
export const openTab = async (
  browser: Browser,
  url: string,
  theme: Theme = 'light',
): Promise<{ page: Page; context: BrowserContext; watched: Watched }> => {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: 1440, height: 900 },
    colorScheme: theme,
    timezoneId: 'Europe/Berlin',
    locale: 'en-GB',
  });
  const watched: Watched = { violations: [], strangers: [], errors: [], said: [], addresses: [] };
  await context.exposeBinding('attuneViolation', (_source, text: string) => watched.violations.push(text));
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      const report: unknown = Reflect.get(globalThis, 'attuneViolation');
      if (typeof report === 'function') {
        report(`${event.violatedDirective} ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`);
      }
    });
  });
  const { origin } = new URL(url);
  await context.route(
    (address) => address.origin !== origin && address.protocol !== 'data:',
    (route) => {
      watched.strangers.push(route.request().url());
      return route.abort();
    },
  );
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on('pageerror', (error) => watched.errors.push(error.message));
  page.on('console', (message) => watched.said.push(message.text()));
  page.on('framenavigated', (frame) => watched.addresses.push(frame.url()));
  return { page, context, watched };
};

/** Holds a page against WCAG 2.2 A and AA; tells what is wrong. */
export const barriers = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const run: unknown = Reflect.get(globalThis, 'axe');
    if (typeof run !== 'object' || run === null || !('run' in run) || typeof run.run !== 'function') return ['no axe'];
    const { violations } = await run.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    });
    return violations.map((one: { id: string; nodes: { html: string; failureSummary: string }[] }) => {
      const [node] = one.nodes;
      return `${one.id} (${one.nodes.length}): ${node?.html.slice(0, 200)} ${node?.failureSummary}`;
    });
  });
};
