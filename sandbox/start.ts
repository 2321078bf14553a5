import { createClock } from './clock.ts';
import { createControl } from './control.ts';
import { sandboxApplication, sandboxSecrets, writeDocument } from './document.ts';
import { createEntra } from './entra/entra.ts';
import { createFaults } from './faults.ts';
import { startService } from './http.ts';
import { createJournal } from './journal.ts';
import type { Service } from './service.ts';
import { makeAccounts } from './world/accounts.ts';
import { countCases } from './world/cases.ts';
import { createDirectory } from './world/directory.ts';
import type { Controls, ProductDeps } from './world/types.ts';

/** Makes one product's stand-in. */
export type CreateProduct = (deps: ProductDeps) => { service: Service; controls: Controls };

/** What to start: how many people, which world, which products, and the first of consecutive ports. */
export type SandboxOptions = {
  users: number;
  seed?: number;
  port?: number;
  products?: { jira?: CreateProduct; confluence?: CreateProduct };
};

/** Starts the stand-ins and control on 127.0.0.1 and gives a ready document for them. */
export const startSandbox = async ({ users, seed = 1, port = 0, products = {} }: SandboxOptions) => {
  const clock = createClock();
  const journal = createJournal();
  const faults = createFaults(seed);
  const directory = createDirectory(users, seed);
  const entra = createEntra({ directory, application: sandboxApplication, clock });
  const jira = products.jira?.({
    accounts: makeAccounts('jira', users, seed),
    clock,
    password: sandboxSecrets.ATTUNE_SECRET_JIRA,
  });
  const confluence = products.confluence?.({
    accounts: makeAccounts('confluence', users, seed),
    clock,
    password: sandboxSecrets.ATTUNE_SECRET_WIKI,
  });
  const at = (offset: number) => ({ port: port === 0 ? 0 : port + offset, journal, faults });
  const entraHost = await startService(entra.service, at(0));
  const jiraHost = jira === undefined ? undefined : await startService(jira.service, at(1));
  const wikiHost = confluence === undefined ? undefined : await startService(confluence.service, at(2));
  const serviceUrls = {
    entra: entraHost.url,
    ...(jiraHost === undefined ? {} : { jira: jiraHost.url }),
    ...(wikiHost === undefined ? {} : { confluence: wikiHost.url }),
  };
  const control = createControl({
    directory,
    journal,
    faults,
    clock,
    controls: {
      entra: entra.controls,
      ...(jira === undefined ? {} : { jira: jira.controls }),
      ...(confluence === undefined ? {} : { confluence: confluence.controls }),
    },
    state: () => ({ people: directory.size(), cases: countCases(users), urls: serviceUrls, counts: journal.counts() }),
  });
  // Control has a journal and faults of its own: what it does is no part of what a checker counts.
  const own = { port: at(3).port, journal: createJournal(), faults: createFaults() };
  const controlHost = await startService({ name: 'entra', handle: control }, own);
  return {
    urls: { ...serviceUrls, control: controlHost.url },
    document: writeDocument(serviceUrls),
    secrets: sandboxSecrets,
    close: async () => {
      await Promise.all([entraHost, jiraHost, wikiHost, controlHost].map((host) => host?.close()));
    },
  };
};
