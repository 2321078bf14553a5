import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openSecrets } from '../../src/config/secrets.ts';
import { isFailure } from '../../src/core/failure.ts';

describe('secrets', () => {
  let place = '';
  let inside = '';
  before(async () => {
    place = await mkdtemp(join(tmpdir(), 'attune-secrets-'));
    inside = join(place, 'inside');
    await mkdir(inside);
    await writeFile(join(inside, 'jira'), 's3cret with space \n');
    await writeFile(join(inside, 'empty'), '\n');
    await writeFile(join(place, 'outside'), 'not yours');
    await symlink(join(place, 'outside'), join(inside, 'link'));
  });
  after(() => rm(place, { recursive: true }));

  const refused = (read: Promise<string>, about: RegExp) =>
    assert.rejects(read, (error) => {
      assert.ok(isFailure(error));
      assert.equal(error.kind, 'config');
      assert.match(error.message, about);
      assert.doesNotMatch(error.sentence, /not yours|hush/);
      return true;
    });

  it('come from variables of the one prefix only', async () => {
    const secret = openSecrets({ ATTUNE_SECRET_A: 'a', HOME: 'hush', ATTUNE_SECRET_B: '' });
    assert.equal(await secret({ env: 'ATTUNE_SECRET_A' }), 'a');
    await refused(secret({ env: 'HOME' }), /HOME cannot be used as a secret/);
    await refused(secret({ env: 'ATTUNE_SECRET_B' }), /is not set/);
    await refused(secret({ env: 'ATTUNE_SECRET_C' }), /is not set/);
  });

  it('come from files below the one directory only, without the line end', async () => {
    const secret = openSecrets({ ATTUNE_SECRETS_DIR: inside });
    assert.equal(await secret({ file: 'jira' }), 's3cret with space ');
    await refused(secret({ file: '../outside' }), /outside the directory/);
    await refused(secret({ file: join(place, 'outside') }), /outside the directory/);
    await refused(secret({ file: 'link' }), /outside the directory/);
    await refused(secret({ file: 'nowhere' }), /cannot be read/);
    await refused(secret({ file: 'empty' }), /is empty/);
    await refused(openSecrets({})({ file: 'jira' }), /the directory of secrets is not set/);
  });

  it('are read anew at each use', async () => {
    const environment = { ATTUNE_SECRET_A: 'old', ATTUNE_SECRETS_DIR: inside };
    const secret = openSecrets(environment);
    assert.equal(await secret({ env: 'ATTUNE_SECRET_A' }), 'old');
    environment.ATTUNE_SECRET_A = 'new';
    assert.equal(await secret({ env: 'ATTUNE_SECRET_A' }), 'new');
    await writeFile(join(inside, 'turning'), 'one');
    assert.equal(await secret({ file: 'turning' }), 'one');
    await writeFile(join(inside, 'turning'), 'two');
    assert.equal(await secret({ file: 'turning' }), 'two');
  });
});
