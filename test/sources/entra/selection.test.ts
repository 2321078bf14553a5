import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { queryOf } from '../../../src/sources/entra/listing/query.ts';
import { selectionOf } from '../../../src/sources/entra/selection.ts';

test('a path selects its first part, and the manager is expanded with what is read of it', () => {
  const selection = selectionOf(
    [
      'mail',
      'onPremisesExtensionAttributes.extensionAttribute1',
      'manager.displayName',
      'manager.employeeOrgData.division',
    ],
    ['id', 'accountEnabled'],
  );
  assert.deepEqual(queryOf(selection, 0), {
    $select: 'id,accountEnabled,mail,onPremisesExtensionAttributes',
    $expand: 'manager($select=displayName,employeeOrgData)',
  });
  assert.deepEqual([...selection.wanted], ['mail', 'onPremisesExtensionAttributes']);
});

test('whatever is mapped, every attribute is in one request, each request names the id and none is too long', () => {
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,120}$/).map((text) => `extension_${text}`);
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 120 }), (paths) => {
      const { parts } = selectionOf(paths, ['id', 'userType']);
      const asked = parts.flat().filter((one) => one !== 'id' && one !== 'userType');
      assert.deepEqual(asked, paths);
      for (const part of parts) {
        assert.equal(part[0], 'id');
        assert.ok(part.join(',').length <= 1_300);
      }
    }),
  );
});
