import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readPropertiesPage } from '../../../src/targets/jira/pages.ts';
import { propertiesPage } from '../fixtures/pages.ts';

const page = propertiesPage('fred', { Company: 'ACME', 'Cost center': '4711' });

describe('the page of a user’s properties', () => {
  test('gives the account and every key with its value', () => {
    const { username, properties } = readPropertiesPage(page, 'Jira');
    assert.equal(username, 'fred');
    assert.deepEqual(
      [...properties],
      [
        ['Company', 'ACME'],
        ['Cost center', '4711'],
      ],
    );
  });

  test('space that the template puts around key and value is not part of the value', () => {
    const indented = (value: string) =>
      propertiesPage('fred', { Key: 'VALUE' })
        .replace('<td>Key</td>', '<td>\n    Key\n  </td>')
        .replace('<td>VALUE</td>', `<td>\n    ${value}\n  </td>`);
    for (const value of ['plain', ' outer ', '\n', 'two\nlines']) {
      assert.equal(readPropertiesPage(indented(value), 'Jira').properties.get('Key'), value);
    }
    const tight = propertiesPage('fred', { Key: '\n    kept\n  ' });
    assert.equal(readPropertiesPage(tight, 'Jira').properties.get('Key'), '\n    kept\n  ');
  });

  test('an account without properties has an empty list', () => {
    assert.equal(readPropertiesPage(propertiesPage('fred', {}), 'Jira').properties.size, 0);
  });

  const table = '<table class="aui"><tr><td>Maintenance</td><td>Sunday</td></tr></table>';
  const banners = [
    `<div id="announcement-banner" class="alertHeader">${table}</div>`,
    `<header>${table}</header>`,
    `<div class="acme-banner"><div class="error">${table}</div></div>`,
    '<div id="announcement-banner"><table><tr><td>It never <b>ends',
    '<div id="announcement-banner">It ends too often</div></div></div>',
    `<aside>${table}</aside>`,
    `<section role="dialog">${table}</section>`,
    `<div id="aui-message-bar"><div class="aui-message">${table}</div></div>`,
    '<DIV ID="announcement-banner"><TABLE><TR><TD>x</TD></TR></TABLE></DIV>',
    ...['script', 'noscript', 'template', 'textarea'].map(
      (tag) => `<${tag}><form action="EditUserProperties!add.jspa"></form>${table}</${tag}>`,
    ),
    `<!-- <form action="EditUserProperties!add.jspa"></form>${table} -->`,
    '<div class="alertHeader"><form action="EditUserProperties!add.jspa"><input name="name" value="eve"><input name="key"><input name="value"></form></div>',
    '<div id="banner"><table><tr><td>Company</td><td>x</td><td><a id="edit_Company"></a><a id="delete_Company"></a></td></tr></table></div>',
  ];
  test('a banner on every page, whatever it holds, is no list of properties', () => {
    for (const banner of banners) {
      const above = page.replace('<body>', `<body>${banner}`);
      const read = readPropertiesPage(above, 'Jira');
      assert.deepEqual([read.username, ...read.properties.keys()], ['fred', 'Company', 'Cost center'], banner);
      const none = propertiesPage('fred', {}).replace(/<table.*<\/table>/s, '<p>There are no properties.</p>');
      assert.equal(readPropertiesPage(none.replace('<body>', `<body>${banner}`), 'Jira').properties.size, 0, banner);
    }
  });

  test('two forms that add, of which neither is a banner’s, are refused', () => {
    const form = /<form.*?<\/form>/s.exec(page)?.[0] ?? '';
    assert.throws(() => readPropertiesPage(page.replace(form, form + form), 'Jira'), /single form that adds/);
  });

  test('a table beside the form in which nothing can be edited is refused, also where a banner has one', () => {
    const odd = propertiesPage('fred', { Company: 'ACME' }).replace('id="edit_Company"', '');
    for (const html of [odd, ...banners.map((banner) => odd.replace('<body>', `<body>${banner}`))]) {
      assert.throws(() => readPropertiesPage(html, 'Jira'), { kind: 'wrongShape' });
    }
  });

  test('outside the page’s own part no table counts', () => {
    const none = propertiesPage('fred', {}).replace(/<table.*<\/table>/s, '');
    const framed = none.replace('<body>', `<body>${table}<div id="content">`).replace('</body>', '</div></body>');
    assert.equal(readPropertiesPage(framed, 'Jira').properties.size, 0);
  });

  test('entities are decoded once, whatever a value holds', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => !value.includes('\r'));
    fc.assert(
      fc.property(text, fc.constantFrom('&amp;', '&lt;b&gt;', '"\'', '</td><td>', 'שלום', '😀'), (value, spice) => {
        const read = readPropertiesPage(propertiesPage('fred', { Key: value + spice }), 'Jira');
        assert.equal(read.properties.get('Key'), value + spice);
      }),
    );
  });

  const removals: readonly (readonly [string, RegExp])[] = [
    ['the form that adds', /<form[^>]*>/],
    ['its action', /EditUserProperties!add\.jspa/],
    ['the account it is for', /<input type="hidden" name="name"[^>]*>/],
    ['the key field', /<input[^>]*name="key"[^>]*>/],
    ['the value field', /<input[^>]*name="value"[^>]*>/],
    ['a link that edits', /id="edit_Company"/],
    ['a link that deletes', /id="delete_Company"/],
    ['the key cell', /<td>Company<\/td>/],
    ['the value cell', /<td>ACME<\/td>/],
  ];
  for (const [name, pattern] of removals) {
    test(`is refused without ${name}`, () => {
      const less = page.replace(pattern, '');
      assert.notEqual(less, page);
      assert.throws(() => readPropertiesPage(less, 'Jira'), { kind: 'wrongShape' });
    });
  }

  test('is refused when a key comes twice, and when it is another page altogether', () => {
    const row = page.match(/<tr><td>Company.*<\/tr>/)?.[0] ?? '';
    assert.throws(() => readPropertiesPage(page.replace(row, row + row), 'Jira'), { kind: 'wrongShape' });
    for (const html of ['', '<html></html>', '<h1>Maintenance</h1>', '{"json":true}']) {
      assert.throws(() => readPropertiesPage(html, 'Jira'), { kind: 'wrongShape' });
    }
  });

  test('a refusal repeats nothing of the page', () => {
    assert.throws(
      () => readPropertiesPage(page.replace('id="delete_Company"', ''), 'Jira'),
      (error: Error) => !/ACME|fred|4711/.test(error.message),
    );
  });
});
