import { stringify } from 'yaml';
import { type Answers, sourceSettings, targetSettings } from './answers.ts';

/** A row that is proposed, and why. */
export type Row = { readonly attribute: string; readonly from: string; readonly why: string };

/** How each kind of directory names the login, and what accounts are found by. */
export const logins = {
  entra: { login: 'userPrincipalName', mail: '[mail, otherMails]' },
  okta: { login: 'profile.login', mail: '[profile.email]' },
  google: { login: 'primaryEmail', mail: '[primaryEmail, aliases]' },
} as const;

/** The document with comments that say what each part is for; `schema` is the file of the JSON Schema beside it. */
export const writeFirstDocument = (
  answers: Answers,
  rows: ReadonlyMap<string, readonly Row[]>,
  schema: string,
): string => {
  const { connector, source, targets } = answers;
  const { login, mail } = logins[source.kind];
  const indented = (value: object, by: number): string =>
    stringify(value, { lineWidth: 0 })
      .trimEnd()
      .split('\n')
      .map((line) => `${' '.repeat(by)}${line}`)
      .join('\n');
  return `# yaml-language-server: $schema=./${schema}
# A document for Attune. Check it: attune config check <this file>. Start: attune serve --config <this file>.
# Secrets are kept in environment variables; only their names are written here.
targets:
${targets.map((target) => `  ${target.name}:\n${indented(targetSettings(target), 4)}\n${limits}`).join('\n')}

connectors:
  - id: ${connector}
    source:
${indented(sourceSettings(answers), 6)}
    # Who takes part: an expression. Without it, everybody the directory lists does.
    # scope: "department = 'Engineering'"
    to:
${targets
  .map(({ name, kind }) => {
    const own = rows.get(name) ?? [];
    return `      - target: ${name}
        # How a person's account is found, tried in order.
        match:
          - username: "$lowercase($substringBefore(${login}, '@'))"
${kind === 'jira' ? `          - email: ${mail}\n` : ''}        # What is written from what. Try it on real people in the console before anything is written.
        attributes:
${own.map((row) => rowText(row)).join('\n')}`;
  })
  .join('\n')}
    # When it runs automatically: everybody at night. Uncomment this once the plan is right.
    # schedules:
    #   - { cron: "0 4 * * *", timeZone: Europe/Berlin, mode: full }
    guard:
      # A plan that would change more than this is held until they are approved or rejected.
      changedPeople: [10%, 1000]
      clearedPeople: [1%, 100]
`;
};

const limits = `    # At most this many requests at once, for everything Attune does there.
    inFlight: 4
    # Accounts that are never written to; the one Attune signs in with is always among them.
    never: [admin]`;

const rowText = ({ attribute, from, why }: Row): string => {
  const [kind = '', name = ''] = [
    attribute.slice(0, attribute.indexOf(':')),
    attribute.slice(attribute.indexOf(':') + 1),
  ];
  return `          - ${kind}: ${name}    # ${why}\n            from: ${JSON.stringify(from)}`;
};
