import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Ledger } from '../../../src/ledger/open.ts';
import { releaseLock, takeLock, takeOverLock } from '../../../src/ledger/runs/locks.ts';
import { freshDatabase } from '../../fixtures/database.ts';

describe("a connector's run lock", () => {
  let ledger: Ledger;
  let close = async (): Promise<void> => undefined;
  before(async () => {
    ({ ledger, close } = await freshDatabase());
  });
  after(() => close());

  const by = (run: string, connector = 'acme') => ({ connector, run, workflowId: `sync-${run}` });

  it('goes to exactly one of many runs, and the others are told which', async () => {
    const runs = ['r1', 'r2', 'r3', 'r4', 'r5'];
    const answers = await Promise.all(runs.map((run) => takeLock(ledger, by(run))));
    const winner = runs[answers.findIndex((answer) => answer.taken)];
    for (const [index, answer] of answers.entries()) {
      if (answer.taken) assert.equal(runs[index], winner);
      else
        assert.deepEqual(
          { run: answer.run, workflowId: answer.workflowId },
          { run: winner, workflowId: `sync-${winner}` },
        );
    }
    assert.equal(answers.filter((answer) => answer.taken).length, 1);
  });

  it('is given again to the run that holds it', async () => {
    await takeLock(ledger, by('r1', 'again'));
    assert.deepEqual(await takeLock(ledger, by('r1', 'again')), { taken: true });
  });

  it('is given back by its holder only', async () => {
    await takeLock(ledger, by('r1', 'back'));
    await releaseLock(ledger, 'back', 'r2');
    assert.equal((await takeLock(ledger, by('r2', 'back'))).taken, false);
    await releaseLock(ledger, 'back', 'r1');
    assert.equal((await takeLock(ledger, by('r2', 'back'))).taken, true);
  });

  it('is taken over from a dead holder by one successor only', async () => {
    await takeLock(ledger, by('dead', 'over'));
    const taken = await Promise.all(
      ['r2', 'r3', 'r4'].map((run) => takeOverLock(ledger, by(run, 'over'), { run: 'dead' })),
    );
    assert.equal(taken.filter(Boolean).length, 1);
    assert.equal(await takeOverLock(ledger, by('r5', 'over'), { run: 'dead' }), false);
  });

  it('of one connector is no matter to another', async () => {
    assert.deepEqual(await takeLock(ledger, by('r1', 'other')), { taken: true });
  });
});
