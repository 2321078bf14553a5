import { z } from 'zod';
import { openConfig } from '../../src/config/open-config.ts';
import { refusedPaths as entraRefuses } from '../../src/sources/entra/selection.ts';
import { numberPaths, ownPaths, shapes, truthPaths, usualPaths } from '../../src/sources/entra/usual-paths.ts';
import { targetDefinitions } from '../../src/targets/index.ts';

/** A source that takes what the documents of these tests say of it. */
const settings = z.strictObject({
  kind: z.literal('entra'),
  tenant: z.string(),
  auth: z.strictObject({ expires: z.iso.date() }).optional(),
  groups: z.record(z.string(), z.string()).optional(),
});
const source = {
  settings,
  refusedPaths: entraRefuses,
  usualPaths,
  shapes,
  truthPaths,
  numberPaths,
  ownPaths,
};

/** Documents over the real targets. */
export const config = openConfig({ sources: new Map([['entra', source]]), targets: targetDefinitions });

/** A document that is right, with other lines in place of some of its own. */
export const documentWith = (changes: Readonly<Record<string, string>> = {}): string =>
  Object.entries(changes).reduce((text, [line, other]) => {
    if (!text.includes(line)) throw new Error(`the document has no line ${line}`);
    return text.replace(line, () => other);
  }, right);

const right = `
targets:
  jira-eu:
    kind: jira
    url: https://jira.acme.example
    auth: { username: svc-attune, password: { env: ATTUNE_SECRET_JIRA } }
  wiki:
    kind: confluence
    url: https://wiki.acme.example
    auth: { username: svc-attune, password: { env: ATTUNE_SECRET_WIKI } }
connectors:
  - id: acme
    source: { kind: entra, tenant: acme, groups: { engineering: 6d1c } }
    scope: "$not(employeeType = 'Service')"
    to:
      - target: jira-eu
        scope: "'engineering' in groups"
        match:
          - username: "$substringBefore(userPrincipalName, '@')"
          - email: [mail, otherMails]
        attributes:
          - userProperty: Company
            when: "userType = 'Guest'"
            from: { constant: External }
          - userProperty: Company
            from: companyName
          - userProperty: Cost center
            from: onPremisesExtensionAttributes.extensionAttribute1
            transforms:
              - trim
              - lookup: { file: cost-centers.csv, key: code, value: name }
            whenNoTransformApplies: keep
      - target: wiki
        match:
          - username: "$substringBefore(userPrincipalName, '@')"
        attributes:
          - field: phone
            from: { firstOf: [mobilePhone, "businessPhones[0]"] }
          - field: location
            from: { join: [city, country], with: ", " }
            transforms:
              - regex: { find: '^DE-(.*)$', replace: '$1' }
    schedules:
      - { cron: "0 4 * * *", timeZone: Europe/Berlin, mode: full }
      - { every: 15m, mode: delta }
`;
