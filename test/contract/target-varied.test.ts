import { filled, sandboxMember } from './target-members.ts';
import { targetContract } from './target-suite.ts';

/** Everything installations are known to do to the products' answers; the same contract holds for each. */
const varieties: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'a banner with tables and errors on every page': { banner: true },
  'sessions in redirects': { sessionInRedirects: true },
  'a proxy that drops the products’ headers': { dropsHeaders: true },
  'the newer login behind a proxy that drops headers': { dropsHeaders: true, profile: '11' },
  'the password page by a forward': { passwordPageBy: 'forward' },
  'the password page by a redirect': { passwordPageBy: 'redirect' },
  'all of it': { banner: true, sessionInRedirects: true, dropsHeaders: true, passwordPageBy: 'redirect' },
};

for (const [name, options] of Object.entries(varieties)) {
  targetContract(sandboxMember(`Jira, ${name}`, 'jira', filled(250), {}, options, 20));
  targetContract(sandboxMember(`Confluence, ${name}`, 'confluence', filled(255), {}, options, 20));
}

targetContract(sandboxMember('Jira, a numeric cursor', 'jira', filled(250), {}, { cursorAs: 'number', banner: true }));
targetContract(
  sandboxMember('Confluence, a redirect encoded once', 'confluence', filled(255), {}, { redirectEncodes: 'once' }, 20),
);
targetContract(
  sandboxMember(
    'Confluence, preferences behind a proxy that drops headers',
    'confluence',
    (value) => value !== '' && value.length <= 255,
    { remoteApi: true },
    { remoteApi: true, dropsHeaders: true, banner: true, webSudoLife: 60_000 },
    20,
  ),
);
