import assert from 'node:assert/strict';
import { test } from 'node:test';
import { databaseText, placesText } from '../../src/server/places.ts';

const temporal = { options: { address: 'temporal.acme.example:7233' }, namespace: 'attune' };

test('a start says which database and which Temporal server it works with, and no password', () => {
  const database = 'postgres://attune:s3cret@db.acme.example:5433/led%20ger?sslmode=require';
  const named = placesText({ database: false, temporal: false }, '/var/lib/attune', { database, temporal });
  assert.equal(
    named,
    'The ledger is the PostgreSQL database led ger at db.acme.example:5433; the Temporal server is temporal.acme.example:7233, namespace attune.',
  );
  const own = placesText({ database: true, temporal: true }, '/var/lib/attune', { database, temporal });
  assert.equal(
    own,
    'The ledger is a PostgreSQL of its own in /var/lib/attune; the Temporal server is one of its own in /var/lib/attune.',
  );
  for (const url of [
    'postgres:///attune?host=/var/run/postgresql&password=s3cret',
    'postgres://u:s3cret@h/%zz',
    'host=db password=s3cret',
    'postgres://u:s3cret@[fd00::1]/a',
  ]) {
    assert.doesNotMatch(databaseText(url), /s3cret/, url);
  }
  assert.match(databaseText('postgres:///attune?host=/var/run/postgresql'), /attune at \/var\/run\/postgresql$/);
});
