import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Difference, differences, type History, remember, type TableAccount } from '../../faults/table.ts';

const person = { id: 'p1', userPrincipalName: 'Ada@example.com', companyName: 'Value 2' };

const history = (given: Partial<History> = {}): History => {
  const wanted = remember();
  for (const value of ['Value 1', 'Value 2']) wanted.note('p1 companyName', value);
  return {
    before: { jira: new Map([['ada', { Kept: 'theirs' }]]), wiki: new Map() },
    wanted,
    byHand: remember(),
    unverified: new Set(),
    ...given,
  };
};

const account = (properties: Record<string, string>, given: Partial<TableAccount> = {}): TableAccount => ({
  username: 'ada',
  active: true,
  properties: { Kept: 'theirs', ...properties },
  ...given,
});

const kinds = (found: readonly Difference[]): string[] => found.map(({ kind, where }) => `${kind} ${where}`);

describe('the table of expected values', () => {
  it('is content with what the directory has', () => {
    assert.deepEqual(differences('jira', [person], [account({ Company: 'Value 2' })], history()), []);
  });

  it('misses a value that is not there, or is an earlier one', () => {
    for (const properties of [{}, { Company: 'Value 1' }]) {
      const found = differences('jira', [person], [account(properties)], history());
      assert.deepEqual(kinds(found), ['lost jira ada Company']);
    }
  });

  it('misses the clearing of a value that was wanted once, and leaves what others put there', () => {
    const cleared = { ...person, companyName: null };
    const stale = differences('jira', [cleared], [account({ Company: 'Value 1' })], history());
    assert.deepEqual(kinds(stale), ['lost jira ada Company']);
    const byHand = remember();
    byHand.note('jira ada Company', 'By hand 1');
    assert.deepEqual(differences('jira', [cleared], [account({ Company: 'By hand 1' })], history({ byHand })), []);
    const nobodys = differences('jira', [cleared], [account({ Company: 'By hand 1' })], history());
    assert.deepEqual(kinds(nobodys), ['invented jira ada Company']);
  });

  it('sees what changed where nothing may be written: another attribute, a stranger, a contested or inactive account', () => {
    const touched = differences('jira', [person], [account({ Company: 'Value 2', Kept: 'ours' })], history());
    assert.deepEqual(kinds(touched), ['invented jira ada Kept']);
    const written = [account({ Company: 'Value 2' })];
    assert.deepEqual(kinds(differences('jira', [], written, history())), ['invented jira ada Company']);
    const twice = [person, { ...person, id: 'p2' }];
    assert.deepEqual(kinds(differences('jira', twice, written, history())), ['invented jira ada Company']);
    const away = [account({ Company: 'Value 2' }, { active: false })];
    assert.deepEqual(kinds(differences('jira', [person], away, history())), ['invented jira ada Company']);
    const service = { ...person, employeeType: 'Service' };
    assert.deepEqual(kinds(differences('jira', [service], written, history())), ['invented jira ada Company']);
  });

  it('waits with what somebody changed by hand until everything was read again', () => {
    const unverified = new Set(['jira ada Company']);
    const edited = [account({ Company: 'By hand 1' })];
    assert.deepEqual(differences('jira', [person], edited, history({ unverified })), []);
    assert.deepEqual(kinds(differences('jira', [person], edited, history())), ['lost jira ada Company']);
  });
});
