import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createApi } from '../../src/api/create-api.ts';
import type { Api } from '../../src/api/parts.ts';
import { WhatIfWire } from '../../src/api/schemas/what-if.ts';
import { impactSentence, whatIfText } from '../../src/client/what-if-text.ts';
import { storeDocument } from '../../src/config/store-document.ts';
import type { Ability } from '../../src/core/abilities.ts';
import { addToken } from '../../src/ledger/access/tokens.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { config, documentWith } from '../config/fixtures.ts';
import { apiParts } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';

const answer: WhatIfWire = {
  connector: 'acme',
  version: 1,
  read: { run: 'run-7', at: '2026-11-20T02:00:00.000Z', people: 900 },
  unread: [{ target: 'wiki', attribute: 'field:phone', paths: ['mobilePhone'] }],
  targets: {
    'jira-eu': {
      ...{ planned: 312, unread: 4, unchanged: 500, unlinked: 80, outOfScope: 4, left: 3, skipped: 0, failed: 0 },
      matchesAnew: true,
      attributes: [
        {
          ...{ attribute: 'userProperty:Company', filled: 2, replaced: 300, cleared: 10, foreign: 5, unread: 4 },
          kinds: [
            { before: 'Acme AG', after: 'Acme SE', people: 290, examples: ['id-1'] },
            { before: 'Acme AG', after: null, people: 10, examples: ['id-2'] },
          ],
          rest: { kinds: 3, people: 12 },
        },
      ],
    },
  },
  figures: [
    {
      rule: 'changedPeople',
      target: 'jira-eu',
      attribute: null,
      found: 310,
      of: 816,
      limit: 81,
      breach: true,
      over: null,
    },
  ],
};

describe('what another mapping would do', () => {
  let ledger: Ledger;
  let api: Api;
  let close = async (): Promise<void> => undefined;
  const asked: unknown[] = [];
  before(async () => {
    ({ ledger, close } = await freshDatabase());
    const { parts } = await apiParts(ledger);
    const ask = async (request: object): Promise<unknown> => {
      asked.push(request);
      return answer;
    };
    api = await createApi({ ...parts, starter: { ...parts.starter, ask } });
    const directory = await mkdtemp(join(tmpdir(), 'attune-what-if-'));
    await writeFile(join(directory, 'cost-centers.csv'), 'code,name\n4711,Research\n');
    const { document } = await config.readDocument(documentWith(), { baseDir: directory });
    await rm(directory, { recursive: true });
    assert.ok(document);
    await storeDocument(ledger, document, { who: 'file', comment: null, managedBy: 'file' });
  });
  after(async () => {
    await api.close();
    await close();
  });

  const post = async (can: readonly Ability[], mapping: object) => {
    const token = await addToken(ledger, {
      name: can.join('-') + asked.length + Math.random(),
      can,
      createdBy: 'test',
    });
    return api.inject({
      method: 'POST',
      url: '/api/connectors/acme/what-if',
      headers: { authorization: `Bearer ${token}` },
      payload: { mapping },
    });
  };
  const to = [
    {
      target: 'jira-eu',
      match: [{ username: 'userPrincipalName' }],
      attributes: [{ userProperty: 'Company', from: 'companyName' }],
    },
  ];

  it('is asked with defaults filled in, and answered with values for whoever may see them', async () => {
    const told = await post(['configure', 'values'], { to });
    assert.equal(told.statusCode, 200, told.body);
    assert.deepEqual(told.json(), answer);
    assert.match(JSON.stringify(asked.splice(0)), /"question":"whatIf".*"whenEmpty":"clearOurs"/);
  });

  it('tells whoever may not see values how many, and not what', async () => {
    const told = WhatIfWire.parse((await post(['configure'], { to })).json());
    assert.equal(told.targets['jira-eu']?.attributes[0]?.replaced, 300);
    assert.doesNotMatch(JSON.stringify(told), /Acme/);
  });

  it('is not answered to whoever could read values by asking, nor for a mapping that is wrong', async () => {
    asked.length = 0;
    assert.equal((await post(['read', 'values', 'run'], { to })).statusCode, 403);
    const wrong = await post(['configure'], { to: [{ ...to[0], attributes: [{ userProperty: 'Company' }] }] });
    assert.equal(wrong.json().kind, 'config');
    assert.match(JSON.stringify(wrong.json().errors), /mapping\.to/);
    assert.deepEqual(asked, []);
  });

  it('does not say that nothing would be written where only a plan can tell', () => {
    const [known] = Object.values(answer.targets);
    assert.ok(known);
    const said = (planned: number, unread: number): string =>
      impactSentence({ jira: { ...known, planned, unread }, wiki: { ...known, planned: 0, unread: 0 } });
    assert.equal(said(0, 0), 'Nothing would be written.');
    assert.equal(said(1, 0), 'Something would be written for 1 person at jira.');
    assert.equal(said(0, 827), 'For 827 people at jira only a plan can tell, since it reads their accounts.');
  });

  it('reads as a person wants it', () => {
    const text = whatIfText(answer);
    assert.match(
      text,
      /^acme, as last read on 2026-11-20 02:00 UTC .*: Something would be written for 312 people at jira-eu; for 4 people at jira-eu only a plan can tell, since it reads their accounts\.$/m,
    );
    assert.match(text, /userProperty:Company +2 +300 +10 +5 +4/);
    assert.match(text, /290 {2}"Acme AG" -> "Acme SE"/);
    assert.match(text, /10 {2}"Acme AG" -> \(empty\)/);
    assert.match(text, /12 {2}others/);
    assert.match(text, /3 people who have an account would be out of scope/);
    assert.match(text, /field:phone at wiki is left out: the last read did not ask for mobilePhone/);
    assert.match(text, /The guard would hold it\. changedPeople \(jira-eu\): 310 of 816/);
  });
});
