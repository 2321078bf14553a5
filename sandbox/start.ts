import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { createClock } from './clock.ts';
import { createConfluence } from './confluence/confluence.ts';
import { createControl } from './control.ts';
import { sandboxApplication, sandboxGoogle, sandboxOkta, sandboxSecrets, writeDocument } from './document.ts';
import { createEntra } from './entra/entra.ts';
import { createFaults } from './faults.ts';
import { createGoogle } from './google/google.ts';
import { startService } from './http.ts';
import { createJira } from './jira/jira.ts';
import { createJournal } from './journal.ts';
import { createOkta } from './okta/okta.ts';
import type { ServiceName, SourceName } from './services.ts';
import { makeAccounts } from './world/accounts.ts';
import { countCases } from './world/cases.ts';
import { createDirectory } from './world/directory.ts';

/**
 * What to start: how many people, which world, the first of consecutive ports, which provider the ready document reads
 * from, what the stand-ins begin with, and the public keys of Okta's service app.
 */
export type SandboxOptions = {
  users: number;
  seed?: number;
  port?: number;
  source?: SourceName;
  options?: Partial<Record<ServiceName, Record<string, unknown>>>;
  oktaKeys?: JWK[];
};

/** Starts the stand-ins and control on 127.0.0.1 and gives a ready document for them. */
export const startSandbox = async (asked: SandboxOptions) => {
  const { users, seed = 1, port = 0, source = 'entra', options = {}, oktaKeys = [] } = asked;
  const clock = createClock();
  const journal = createJournal();
  const faults = createFaults(seed);
  const directory = createDirectory(users, seed, clock.now);
  const entra = createEntra({ directory, application: sandboxApplication, clock });
  entra.controls.configure(options.entra ?? {});
  const scopes = ['okta.users.read', 'okta.groups.read'];
  const okta = createOkta({ directory, application: { ...sandboxOkta, keys: oktaKeys, scopes }, clock });
  okta.controls.configure(options.okta ?? {});
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const google = createGoogle({ directory, application: googleApplication(keys.publicKey), clock });
  google.controls.configure(options.google ?? {});
  const jira = createJira({
    accounts: makeAccounts('jira', users, seed),
    clock,
    password: sandboxSecrets.ATTUNE_SECRET_JIRA,
    ...(options.jira === undefined ? {} : { options: options.jira }),
  });
  const confluence = createConfluence({
    accounts: makeAccounts('confluence', users, seed),
    clock,
    password: sandboxSecrets.ATTUNE_SECRET_WIKI,
    ...(options.confluence === undefined ? {} : { options: options.confluence }),
  });
  const at = (offset: number) => ({ port: port === 0 ? 0 : port + offset, journal, faults });
  const entraHost = await startService(entra.service, at(0));
  const jiraHost = await startService(jira.service, at(1));
  const wikiHost = await startService(confluence.service, at(2));
  const oktaHost = await startService(okta.service, at(4));
  const googleHost = await startService(google.service, at(5));
  const urls = {
    entra: entraHost.url,
    okta: oktaHost.url,
    google: googleHost.url,
    jira: jiraHost.url,
    confluence: wikiHost.url,
  };
  const control = createControl({
    directory,
    journal,
    faults,
    clock,
    controls: {
      entra: entra.controls,
      okta: okta.controls,
      google: google.controls,
      jira: jira.controls,
      confluence: confluence.controls,
    },
    state: () => ({ people: directory.size(), cases: countCases(users), urls, counts: journal.counts() }),
  });
  // Control has a journal and faults of its own: what it does is no part of what a checker counts.
  const own = { port: at(3).port, journal: createJournal(), faults: createFaults() };
  const controlHost = await startService({ name: 'entra', handle: control }, own);
  return {
    urls: { ...urls, control: controlHost.url },
    document: writeDocument(urls, source),
    secrets: { ...sandboxSecrets, ATTUNE_SECRET_GOOGLE: googleKeyFile(keys.privateKey) },
    close: async () => {
      await Promise.all([entraHost, oktaHost, googleHost, jiraHost, wikiHost, controlHost].map((host) => host.close()));
    },
  };
};

/** The service account as the stand-in knows it; what it may act for and read is what a page on Google tells to grant. */
const googleApplication = (publicKey: KeyObject) => ({
  email: sandboxGoogle.email,
  publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  administrators: [sandboxGoogle.subject],
  scopes: ['user.readonly', 'group.member.readonly'].map(
    (name) => `https://www.googleapis.com/auth/admin.directory.${name}`,
  ),
});

/** The JSON key as Google hands it out, on one line. */
const googleKeyFile = (privateKey: KeyObject): string =>
  JSON.stringify({
    type: 'service_account',
    client_email: sandboxGoogle.email,
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  });
