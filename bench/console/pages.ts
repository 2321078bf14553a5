import type { BrowserContext, Page } from 'playwright-core';
import { type Figure, since } from './figure.ts';

export const firstPage = async (context: BrowserContext): Promise<Figure> => {
  const page = await context.newPage();
  const measured = await since(async () => {
    await page.goto('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  });
  await page.close();
  return { id: 'first', what: 'the first page', measured, most: 1, unit: 's' };
};

export const planPage = async (context: BrowserContext, people: number): Promise<readonly Figure[]> => {
  const page = await context.newPage();
  let requests = 0;
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/api/runs/')) requests += 1;
  });
  const began = performance.now();
  await page.goto('/runs/plan/plan');
  await page.getByRole('heading', { level: 1, name: /would be replaced/ }).waitFor();
  const first = (performance.now() - began) / 1_000;
  await page.getByText(/more kinds/).waitFor();
  const kinds = (performance.now() - began) / 1_000;
  const heap = await page.evaluate(() =>
    Number(Reflect.get(Reflect.get(performance, 'memory') ?? {}, 'usedJSHeapSize')),
  );
  await page.close();
  const of = `a plan of ${people} changes`;
  return [
    { id: 'plan', what: `${of}: what it is`, measured: first, most: 1.5, unit: 's' },
    { id: 'kinds', what: `${of}: its kinds of change`, measured: kinds, most: 5, unit: 's' },
    { id: 'requests', what: `${of}: requests`, measured: requests, most: 8, unit: 'requests' },
    { id: 'memory', what: `${of}: memory of the page`, measured: heap / 1024 / 1024, most: 150, unit: 'MiB' },
  ];
};

/** The longest time between two frames while a list is scrolled through, page after page of it asked for. */
export const peopleList = async (context: BrowserContext): Promise<Figure> => {
  const page = await context.newPage();
  await page.goto('/people?connector=acme&target=jira&outcome=unmatched&reason=noAccount');
  await page.getByRole('table', { name: 'People of this reason' }).waitFor();
  const measured = await page.getByRole('table', { name: 'People of this reason' }).evaluate(
    (table) =>
      new Promise<number>((resolve) => {
        let [longest, last, frames] = [0, performance.now(), 0];
        const step = (now: number): void => {
          // What came before the first frames is the page's own beginning.
          if (frames > 5) longest = Math.max(longest, now - last);
          last = now;
          frames += 1;
          table.scrollTop += 2_000;
          if (frames < 300) requestAnimationFrame(step);
          else resolve(longest);
        };
        requestAnimationFrame(step);
      }),
  );
  await page.close();
  return { id: 'frame', what: 'scrolling through everybody: the longest frame', measured, most: 100, unit: 'ms' };
};

export const eighthTab = async (context: BrowserContext): Promise<Figure> => {
  const tabs: Page[] = [];
  for (let n = 0; n < 8; n += 1) {
    const page = await context.newPage();
    await page.goto('/runs');
    await page.getByText('Live').waitFor();
    tabs.push(page);
  }
  const [last] = tabs.slice(-1);
  const measured = await since(async () => last?.evaluate(() => fetch('/api/session').then((answer) => answer.text())));
  for (const page of tabs) await page.close();
  return { id: 'tab', what: 'an answer in the eighth open tab', measured: measured * 1_000, most: 500, unit: 'ms' };
};
