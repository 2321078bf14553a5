import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { parse } from 'yaml';
import { type ApartReader, readApart } from '../../../src/config/apart/read-apart.ts';
import { isFailure } from '../../../src/core/failure.ts';
import { config, documentWith } from '../fixtures.ts';

const entry = new URL('./thread.ts', import.meta.url);
const plain = documentWith({ 'lookup: { file: cost-centers.csv, key: code, value: name }': 'lower' });
const right: unknown = parse(plain);

/** The document with a row that takes its whole second, for so many examples. */
const slow = (examples: number): unknown => {
  const slowRow = '"$count($map([1..9999], function($v) { $sum([1..9999]) }))"';
  const text = plain.replace('from: companyName', `from: ${slowRow}`);
  const user = { userPrincipalName: 'ada@acme.example', employeeType: 'Staff', groups: ['engineering'] };
  const one = { name: 'ada', user, expect: { 'jira-eu': 'failed' } };
  const document = parse(text);
  document.connectors[0].examples = Array.from({ length: examples }, () => one);
  return document;
};

describe('documents read in a thread', () => {
  const readers: ApartReader[] = [];
  const reader = (limits?: Parameters<typeof readApart>[1]): ApartReader => {
    const made = readApart(entry, limits);
    readers.push(made);
    return made;
  };
  after(() => Promise.all(readers.map(({ close }) => close())));

  it('come to the same as in this one', async () => {
    const { readPlain } = reader();
    assert.deepEqual(await readPlain(right), await config.readPlain(right));
    assert.deepEqual(await readPlain({ connectors: 3 }), await config.readPlain({ connectors: 3 }));
  });

  it('any number of slow examples ends in time, names where it was, and holds nobody up meanwhile', async () => {
    const { readPlain } = reader({ longestMs: 4_000, mostWaiting: 2, memoryMb: 512 });
    let turns = 0;
    const beat = setInterval(() => {
      turns += 1;
    }, 50);
    const { document, problems } = await readPlain(slow(1_000));
    clearInterval(beat);
    assert.equal(document, null);
    assert.match(problems[0]?.message ?? '', /took longer than 4 seconds/);
    assert.match(problems[0]?.path ?? '', /^connectors\[0\]\.examples\[\d+\]$/);
    assert.ok(turns > 10, `this thread went on ${turns} times`);
    assert.ok((await readPlain(right)).document, 'the next one is read by a new thread');
  });

  it('nothing of the time of a document is spent on loading the thread', async () => {
    const late = readApart(new URL('./late-thread.ts', import.meta.url), {
      longestMs: 3_000,
      mostWaiting: 2,
      memoryMb: 512,
    });
    readers.push(late);
    assert.ok((await late.readPlain(right)).document);
  });

  it('more than may wait are refused, and those who wait have their turn', async () => {
    const { readPlain } = reader({ longestMs: 30_000, mostWaiting: 2, memoryMb: 512 });
    const waiting = [readPlain(right), readPlain(right)];
    await assert.rejects(readPlain(right), (error) => isFailure(error) && error.kind === 'throttled');
    for (const { document } of await Promise.all(waiting)) assert.ok(document);
    assert.ok((await readPlain(right)).document);
  });

  it('a document that fills the memory is ended', async () => {
    const { readPlain } = reader({ longestMs: 60_000, mostWaiting: 2, memoryMb: 48 });
    const many = { targets: {}, connectors: Array.from({ length: 200_000 }, (_, id) => ({ id, to: [{}, {}, {}] })) };
    const { document, problems } = await readPlain(many);
    assert.equal(document, null);
    assert.match(problems[0]?.message ?? '', /more than 48 MB/);
  });
});
