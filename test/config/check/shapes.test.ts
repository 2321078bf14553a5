import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openConfig } from '../../../src/config/open-config.ts';
import { sourceDefinitions } from '../../../src/sources/index.ts';
import { targetDefinitions } from '../../../src/targets/index.ts';

const config = openConfig({ sources: sourceDefinitions, targets: targetDefinitions });

const secret = { env: 'ATTUNE_SECRET_X' };
const sources = {
  entra: {
    kind: 'entra',
    tenant: 'acme.example',
    auth: { clientId: '51f00000-0000-0000-0000-000000000000', clientSecret: secret },
  },
  okta: { kind: 'okta', org: 'https://acme.okta.com', auth: { clientId: '0oa1example', privateKey: secret } },
  google: { kind: 'google', auth: { subject: 'admin@acme.example', serviceAccount: secret } },
};

/** What is said of one row's expression, or of its condition. */
const said = async (
  kind: keyof typeof sources,
  row: Readonly<Record<string, unknown>>,
  to: Readonly<Record<string, unknown>> = {},
): Promise<readonly string[]> => {
  const document = {
    targets: {
      jira: { kind: 'jira', url: 'https://jira.acme.example', auth: { username: 'svc', password: secret } },
    },
    connectors: [
      {
        id: 'acme',
        source: sources[kind],
        to: [{ target: 'jira', match: [{ username: 'id' }], attributes: [{ userProperty: 'A', ...row }], ...to }],
      },
    ],
  };
  const { problems } = await config.readDocument(JSON.stringify(document));
  return problems.map(({ severity, message, remedy }) => `${severity}: ${message} ${remedy}`);
};

describe('a path of a row', () => {
  for (const [kind, from, what] of [
    ['entra', 'city.name', 'city has no parts, so nobody has city.name. Write city.'],
    [
      'entra',
      'manager.displayName.first',
      'manager.displayName has no parts, so nobody has manager.displayName.first. Write manager.displayName.',
    ],
    ['entra', '$trim(mail.local)', 'mail has no parts, so nobody has mail.local. Write mail.'],
    ['entra', 'otherMails.value', 'otherMails is a list of texts, so nobody has otherMails.value. Write otherMails.'],
    [
      'entra',
      'identities.issuerAsignedId',
      'identities has no part issuerAsignedId. Did you mean identities.issuerAssignedId?',
    ],
    [
      'entra',
      'assignedLicenses.skuId.part',
      'assignedLicenses.skuId has no parts, so nobody has assignedLicenses.skuId.part. Write assignedLicenses.skuId.',
    ],
    ['okta', 'profile.city.name', 'profile.city has no parts, so nobody has profile.city.name. Write profile.city.'],
    [
      'google',
      'primaryEmail.domain',
      'primaryEmail has no parts, so nobody has primaryEmail.domain. Write primaryEmail.',
    ],
    ['google', 'name.fullname', 'name has no part fullname. Did you mean name.fullName?'],
    [
      'google',
      'manager.organizations[primary].titel',
      'manager.organizations has no part titel. Did you mean manager.organizations.title?',
    ],
    ['google', 'phones.number', 'phones has no part number. It has: value, customType, primary, type.'],
  ] as const) {
    it(`below what has nothing there is doubted: ${kind}, ${from}`, async () => {
      assert.deepEqual(await said(kind, { from }), [`warning: ${what}`]);
    });
  }

  it('is doubted in a condition as in a value', async () => {
    assert.deepEqual(await said('entra', { from: 'city', when: "department.name = 'Sales'" }), [
      'warning: department has no parts, so nobody has department.name. Write department.',
    ]);
  });

  for (const [kind, from, what] of [
    ['entra', 'assignedLicenses', 'a list of objects|assignedLicenses[0].skuId'],
    ['entra', 'employeeOrgData', 'an object|employeeOrgData.costCenter'],
    ['entra', 'manager.identities', 'a list of objects|manager.identities[0].issuerAssignedId'],
    ['okta', 'type', 'an object|type.id'],
    ['google', 'organizations', 'a list of objects|organizations[primary].title'],
    ['google', "externalIds[type='organization']", "a list of objects|externalIds[type='work'].value"],
    ['google', 'name', 'an object|name.fullName'],
  ] as const) {
    it(`that is no text as a whole is doubted: ${kind}, ${from}`, async () => {
      const [is, such] = what.split('|');
      const path = from.replace(/\[.*$/, '');
      for (const row of [{ from }, { from: { firstOf: ['id', from] } }, { from: { join: ['id', from] } }]) {
        assert.deepEqual(await said(kind, row), [
          `warning: ${path} is ${is}, not text: it fails for everybody who has one. Name one of its parts, such as ${such}.`,
        ]);
      }
      assert.deepEqual(await said(kind, { from: 'id', when: `$exists(${from})` }), []);
    });
  }

  for (const [kind, from] of [
    ['entra', 'businessPhones'],
    ['entra', 'assignedPlans.service'],
    ['entra', 'employeeOrgData.costCenter'],
    ['entra', 'manager.onPremisesExtensionAttributes.extensionAttribute15'],
    ['entra', 'customSecurityAttributes.Engineering.Project'],
    ['entra', 'extension_ab603c56068041afb2f6832e2a17e237_badge'],
    ['okta', 'profile.badge.number'],
    ['okta', 'manager.profile.email'],
    ['google', 'organizations.department'],
    ['google', 'customSchemas.Employment.skills.value'],
    ['google', '$join(phones.value, " ")'],
    ['google', '$count(organizations)'],
    ['google', 'aliases'],
  ] as const) {
    it(`of a known shape, or of one's own, is not: ${kind}, ${from}`, async () => {
      assert.deepEqual(await said(kind, { from }), []);
    });
  }
});

describe('a number in an expression', () => {
  it('is no text that looks like it', async () => {
    for (const [kind, when, said0] of [
      ['entra', 'employeeId = 12', "employeeId is text, so it never equals the number 12.|'12'"],
      [
        'entra',
        "manager.employeeId in ['7', 12]",
        "manager.employeeId is text, so it never equals the number 12.|'12'",
      ],
      [
        'okta',
        '$is(profile.costCenter, 4711)',
        "profile.costCenter is text, so it never equals the number 4711.|'4711'",
      ],
    ] as const) {
      const [message, quoted] = said0.split('|');
      assert.deepEqual(await said(kind, { from: 'id', when }), [
        `warning: ${message} Put the number in quotes, as the directory writes it: ${quoted}.`,
      ]);
    }
    for (const when of ['deviceEnrollmentLimit = 5', 'extension_ab_level = 5', '$count(businessPhones) = 2']) {
      assert.deepEqual(await said('entra', { from: 'id', when }), [], when);
    }
    const [leading] = await said('entra', { from: 'id', when: 'employeeId = 0012' });
    assert.match(leading ?? '', /Put digits that begin with 0 in quotes: '0012'\./);
  });
});

describe('what names no account', () => {
  it('is an attribute that is true or false', async () => {
    const match = { match: [{ username: 'accountEnabled' }] };
    const [only, ...more] = await said('entra', { from: 'city' }, match);
    assert.equal(only, 'warning: accountEnabled is true or false, which names no account. Name another attribute.');
    assert.deepEqual(more, []);
  });
});

describe('a name of another directory or language', () => {
  for (const [kind, from, what] of [
    ['entra', 'refreshTokensValidFromDateTime', /Did you mean signInSessionsValidFromDateTime\?$/],
    ['entra', 'user.mail', /Write the attribute alone/],
    ['entra', 'thumbnailPhoto', /Photos cannot be mapped/],
    ['entra', 'Sales', /^error: Sales cannot be read: .*it\. For the text put it in quotes: 'Sales'\.$/],
    ['entra', 'TRUE', /it\. Write true in small letters\.$/],
    ['entra', 'undefined', /it\. Write \$exists\(mail\)/],
    ['entra', 'group', /Name the group under `groups`/],
    ['okta', 'memberOf', /Name the group under `groups`/],
    ['google', 'memberOf', /Name the group under `groups`/],
    ['entra', '{ mail }', /Write the path alone: mail\.$/],
    ['okta', 'sAMAccountName', /Did you mean profile\.login\? An attribute of your own is profile\.sAMAccountName\.$/],
    ['okta', 'manager.telephoneNumber', /profile\.primaryPhone\?/],
    ['okta', 'user.department', /in the profile: profile\.department\.$/],
    ['google', 'department', /Did you mean organizations\[primary\]\.department\?$/],
    ['google', 'manager.telephoneNumber', /Did you mean manager\.phones\[type='work'\]\.value\?$/],
    ['google', 'customschemas.A.b', /Did you mean customSchemas\?$/],
    ['google', 'badgeOfTheCompany', /customSchemas\.<schema>\.<field>/],
  ] as const) {
    it(`leads to ours: ${kind}, ${from}`, async () => {
      const [only, ...more] = await said(kind, { from });
      assert.match(only ?? '', what);
      assert.deepEqual(more, []);
    });
  }

  it('before a bracket is the name of no attribute, and told once', async () => {
    for (const [from, what] of [
      ['ToLower(mail)', 'There is no function ToLower. Did you mean $lowercase?'],
      ["Append(mail, 'x')", 'There is no function Append. Write `from: { join: [a, b], with: " " }`, or `a & b`.'],
      ["department = ‘Sales’ ? 'a' : 'b'", `‘Sales’ is read as a name. Use straight quotation marks: ' or ".`],
      ['mail.toUpperCase()', 'There is no function toUpperCase. Did you mean $uppercase?'],
    ] as const) {
      assert.deepEqual(await said('entra', { from }), [`error: ${what}`], from);
    }
  });

  it('of a transform beside `from` is told where it belongs', async () => {
    assert.deepEqual(await said('entra', { from: 'city', lookup: { values: { B: 'Berlin' } } }), [
      'error: lookup is not known here. It is a step of `transforms`: write transforms: [{ lookup: … }].',
    ]);
    for (const [row, what] of [
      [
        { from: 'city', upper: true },
        'upper is not known here. It is a step of `transforms`: write transforms: [upper].',
      ],
      [{ from: 'city', transforms: [{ lower: true }] }, 'lower is not known here. Write the word alone: - lower.'],
      [
        { from: 'city', transforms: [{ substring: 3 }] },
        'substring is not known here. Use one of: trim, lower, upper, capitalise, ascii, replace, regex, lookup.',
      ],
      [{ from: { join: ['city', 'country'], separator: '-' } }, 'separator is not known here. Did you mean with?'],
      [
        { from: 'city', people: {} },
        'people is not known here. It is a setting of another part: `attune config schema` tells of which.',
      ],
    ] as const) {
      assert.deepEqual(await said('entra', row), [`error: ${what}`]);
    }
  });
});
