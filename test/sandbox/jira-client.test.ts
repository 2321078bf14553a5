import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Version2Client } from 'jira.js';
import { openProduct, token } from '../targets/fixtures/sandbox.ts';

/** A client library that others wrote, for Jira's own server at the time, asks the stand-in. */
describe('the Jira stand-in answers an independent client as that client expects', () => {
  let product: Awaited<ReturnType<typeof openProduct>>;
  let client: Version2Client;
  const clientWith = (personalAccessToken: string) =>
    new Version2Client({ host: product.url, authentication: { personalAccessToken } });

  before(async () => {
    product = await openProduct('jira', [
      { username: 'ada', displayName: 'Ada Lovelace', email: 'ada@example.com' },
      { username: 'eve', active: false },
    ]);
    client = clientWith(token);
  });
  after(() => product.close());

  const statusOf = async (work: Promise<unknown>): Promise<unknown> => {
    const error: unknown = await work.then(
      () => assert.fail('it was not refused'),
      (reason: unknown) => reason,
    );
    const { status, response } = Object(error);
    return status ?? response?.status;
  };

  it('server, oneself and permissions', async () => {
    assert.match((await client.serverInfo.getServerInfo()).version ?? '', /^\d+\.\d+/);
    assert.equal(Reflect.get(await client.myself.getCurrentUser(), 'name'), 'svc-attune');
    const { permissions } = await client.permissions.getMyPermissions();
    assert.equal(Object(permissions).ADMINISTER.havePermission, true);
  });

  it('users by name and by key, searched and by group', async () => {
    const ada = await client.users.getUser({ username: 'ada' });
    assert.deepEqual([ada.displayName, ada.emailAddress, ada.active], ['Ada Lovelace', 'ada@example.com', true]);
    assert.equal((await client.users.getUser({ key: 'KEY-ada' })).displayName, 'Ada Lovelace');
    assert.equal(await statusOf(client.users.getUser({ username: 'nobody' })), 404);
    assert.deepEqual(
      (await client.userSearch.findUsers({ username: 'lovelace' })).map(({ displayName }) => displayName),
      ['Ada Lovelace'],
    );
    const group = { groupname: 'jira-software-users' };
    const members = await client.groups.getUsersFromGroup(group);
    assert.deepEqual(members.values?.map(({ displayName }) => displayName).sort(), ['Ada Lovelace', 'svc-attune']);
    const all = await client.groups.getUsersFromGroup({ ...group, includeInactiveUsers: true });
    assert.deepEqual([all.total, all.isLast], [3, true]);
    assert.equal(await statusOf(client.groups.getUsersFromGroup({ groupname: 'nobody' })), 404);
  });

  it('entity properties are set, listed, read and deleted', async () => {
    const place = { username: 'ada', propertyKey: 'Cost center' };
    await client.userProperties.setUserProperty({ ...place, propertyValue: { code: 4711 } });
    const { keys } = await client.userProperties.getUserPropertyKeys({ userKey: 'KEY-ada' });
    assert.deepEqual(
      keys?.map(({ key }) => key),
      ['Cost center'],
    );
    assert.deepEqual((await client.userProperties.getUserProperty(place)).value, { code: 4711 });
    await client.userProperties.deleteUserProperty(place);
    assert.equal(await statusOf(client.userProperties.getUserProperty(place)), 404);
  });

  it('a token that is none is nobody', async () => {
    assert.equal(await statusOf(clientWith('none').myself.getCurrentUser()), 401);
  });
});
