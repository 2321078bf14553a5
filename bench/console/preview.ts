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

/** What 95 of 100 previews of 200 people and ten rows take at most, in the program that runs beside the page. */
export const preview = async (context: BrowserContext): Promise<Figure> => {
  const [program = ''] = (await readdir(join(dist, 'assets'))).filter((name) => /^worker-.*\.js$/.test(name));
  const names = ['companyName', 'jobTitle', 'department', 'employeeId', 'city', 'country', 'mobilePhone'];
  const attributes = [
    ...names.map((name) => path(name, name)),
    path('initials', '$uppercase($substring(givenName, 0, 1) & $substring(surname, 0, 1))'),
    path('place', "$join([city, country], ', ')"),
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
    ({ address, sample, settings }) =>
      new Promise<number[]>((resolve) => {
        const worker = new Worker(address, { type: 'module' });
        const found: number[] = [];
        worker.onmessage = ({ data }) => {
          if (!('preview' in data)) return;
          found.push(data.ms);
          if (found.length === 100) resolve(found);
          else worker.postMessage({ run: found.length, settings });
        };
        worker.postMessage({ sample });
        worker.postMessage({ run: 0, settings });
      }),
    {
      address: `/assets/${program}`,
      sample: {
        people,
        rules: {
          jira: { fields: {}, userProperty: { name: { ...rule, pattern: '.+', takes: 'any name' }, value: rule } },
        },
      },
      settings: { to: [{ target: 'jira', match: [{ username: 'userPrincipalName' }], attributes }] },
    },
  );
  await page.close();
  const measured = times.sort((a, b) => a - b)[94] ?? Number.NaN;
  return { id: 'preview', what: 'a preview of 200 people and ten rows, 95 of 100', measured, most: 50, unit: 'ms' };
};
