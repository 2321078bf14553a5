import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { createDirectory } from '../../sandbox/world/directory.ts';
import type { Figure } from './figure.ts';
import { dist } from './ledger.ts';

const path = (userProperty: string, from: string) => ({
  ...{ userProperty, from, transforms: ['trim'], whenNoTransformApplies: 'useValue', whenEmpty: 'clearOurs' },
  ...{ overwrite: 'always', whenTooLong: 'skip', keepOrder: false },
});

/** How often a mapping is tried before it is measured, as the page does when it opens: once. */
const warm = 1;
const keystrokes = 100;

/**
 * What 95 of 100 keystrokes in one of ten rows take at most for 200 people, in the program that runs beside the page: an
 * expression that only JSONata can evaluate, a letter longer each time.
 */
export const preview = async (context: BrowserContext): Promise<Figure> => {
  const [program = ''] = (await readdir(join(dist, 'assets'))).filter((name) => /^worker-.*\.js$/.test(name));
  const names = ['companyName', 'jobTitle', 'department', 'employeeId', 'city', 'country', 'mobilePhone'];
  const attributes = [
    ...names.map((name) => path(name, name)),
    path('initials', '$uppercase($substring(givenName, 0, 1) & $substring(surname, 0, 1))'),
    path('center', 'onPremisesExtensionAttributes.extensionAttribute1'),
  ];
  const rule = { maxLength: 250, unit: 'characters' };
  const people = [...createDirectory(200, 1).all()].map((person) => ({
    person: person.id,
    attributes: JSON.parse(JSON.stringify(person)),
    targets: {},
  }));
  const page = await context.newPage();
  // Of its own kind: no policy of the console's forbids starting the program here.
  await page.route('**/bench', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
  await page.goto('/bench');
  const times = await page.evaluate(
    ({ address, sample, typed }) =>
      new Promise<number[]>((resolve) => {
        const worker = new Worker(address, { type: 'module' });
        const found: number[] = [];
        worker.onmessage = ({ data }) => {
          if (!('preview' in data)) return;
          found.push(data.ms);
          if (!data.preview.ok || found.length === typed.length) resolve(data.preview.ok ? found : []);
          else worker.postMessage({ run: found.length, settings: typed[found.length] });
        };
        worker.postMessage({ sample });
        worker.postMessage({ run: 0, settings: typed[0] });
      }),
    {
      address: `/assets/${program}`,
      sample: {
        people,
        rules: {
          jira: { fields: {}, userProperty: { name: { ...rule, pattern: '.+', takes: 'any name' }, value: rule } },
        },
      },
      typed: Array.from({ length: warm + keystrokes }, (_, letters) => ({
        to: [
          {
            target: 'jira',
            match: [{ username: 'userPrincipalName' }],
            attributes: [...attributes, path('place', `$join([city, country], '${'x'.repeat(letters)}')`)],
          },
        ],
      })),
    },
  );
  await page.close();
  const measured = times.slice(warm).sort((a, b) => a - b)[keystrokes * 0.95 - 1] ?? Number.NaN;
  return {
    id: 'preview',
    what: 'a keystroke in one of ten rows for 200 people, 95 of 100',
    measured,
    most: 50,
    unit: 'ms',
  };
};
