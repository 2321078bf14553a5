import { attributeRules, guardRules } from '../../core/plan/guard.ts';

/** What a rule of the guard counts, as one sentence. */
const counted = (text: string): string =>
  `The limit for ${text.replaceAll('`', '')}: a percentage and a count, whichever is exceeded first; or off.`;

const rules = Object.fromEntries([
  ...Object.entries(guardRules).map(([name, { counts }]) => [name, counted(counts)] as const),
  ...Object.entries(attributeRules).map(([name, { counts }]) => [`perAttribute.${name}`, counted(counts)] as const),
]);

/** Settings that mean the same wherever they occur, by their own name. */
const anywhere: Readonly<Record<string, string>> = {
  env: 'An environment variable that holds the secret; its name begins with ATTUNE_SECRET_.',
  file: 'A file below ATTUNE_SECRETS_DIR; a certificate authority may be given as an absolute path.',
  tls: 'Settings for encrypting the connection.',
  ca: 'A certificate authority to trust in addition to the usual ones.',
  percent: 'Percent of the people linked in that target.',
  count: 'A number of people, or of values where values are counted.',
  clear: 'Clear what this connector wrote this long after the person has left, such as 30d.',
};

/** What each setting of a document means, by its place; `*` stands for a name the admin chooses. */
const places: Readonly<Record<string, string>> = {
  targets: 'The systems that are written to, each under a name; any number of connectors may use one.',
  'targets.*.kind': 'The product: jira or confluence.',
  'targets.*.url': 'The base URL of the product, without the path of a page.',
  'targets.*.auth':
    'How Attune signs in: with a password, or with a personal access token if the store needs only REST.',
  'targets.*.auth.username': 'The account Attune signs in with; it needs permission to administer users.',
  'targets.*.auth.password': 'Where the password is stored; never the password itself.',
  'targets.*.auth.loginPath': "The path of the login form, if single sign-on replaces the product's own.",
  'targets.*.auth.with': 'Whether the login form is used, or Basic on every request.',
  'targets.*.auth.token': 'Where the personal access token is stored; never the token itself.',
  'targets.*.inFlight': 'How many requests the product gets at once, across all workers, runs and connectors.',
  'targets.*.writeHours': 'When full runs may write; outside these hours they pause. A run of one person never waits.',
  'targets.*.writeHours.from': 'When writing begins, such as "20:00".',
  'targets.*.writeHours.to': 'When writing ends, such as "06:00".',
  'targets.*.writeHours.timeZone': 'The time zone, such as Europe/Berlin.',
  'targets.*.never':
    'Usernames that are never written to; * matches any text. The account Attune signs in with is always among them.',
  'targets.*.readBack': 'One in this many written accounts is read again to verify the write; 0 reads none.',
  'targets.*.store': 'Where the product stores the attributes.',
  'targets.*.remoteApi': "Whether Confluence's remote API (JSON-RPC) may be used.",
  connectors: 'Each connector reads one directory and writes to one or more targets.',
  'connectors.id': 'The name of the connector: lower-case letters, digits and hyphens.',
  'connectors.previously': 'The id it had before, so that its runs, links and accounts move with it.',
  'connectors.source': 'The directory that people are read from.',
  'connectors.source.kind': 'The identity provider: entra, okta or google.',
  'connectors.source.cloud': 'The national cloud of the tenant; it determines the addresses.',
  'connectors.source.tenant': "The tenant's id or one of its domains.",
  'connectors.source.auth': 'How Attune signs in to the directory, with read-only permissions.',
  'connectors.source.auth.clientId': 'The id of the application registered for Attune.',
  'connectors.source.auth.clientSecret': 'Where the client secret is stored; never the secret itself.',
  'connectors.source.auth.certificate': 'Where the certificate with its private key is stored, in PEM.',
  'connectors.source.auth.expires': 'The day the credential expires; Attune warns from 30 days before.',
  'connectors.source.auth.apiToken': 'Where the API token is stored; never the token itself.',
  'connectors.source.auth.privateKey': 'Where the private key of the service app is stored.',
  'connectors.source.auth.keyId': 'The id of the key, if the app has several.',
  'connectors.source.auth.serviceAccount': "Where the service account's key file (JSON) is stored.",
  'connectors.source.auth.subject': 'The mail address of the administrator that the service account acts for.',
  'connectors.source.people': 'Who takes part, by the states that the directory itself has.',
  'connectors.source.people.disabled': 'Whether accounts that are disabled take part.',
  'connectors.source.people.guests': 'Whether guests of other tenants take part.',
  'connectors.source.people.deprovisioned': 'Whether people who were deprovisioned take part.',
  'connectors.source.people.suspended': 'Whether people who are suspended take part.',
  'connectors.source.people.archived': 'Whether people who are archived take part.',
  'connectors.source.groups':
    "Groups under names of your choice, for expressions such as 'engineering' in groups. Only these groups are read.",
  'connectors.source.groups.*.id': 'The id of the group in the directory.',
  'connectors.source.groups.*.members': 'Whether members of nested groups count as well.',
  'connectors.source.endpoints': 'Addresses that replace the usual ones, for a proxy or a test system.',
  'connectors.source.endpoints.login': 'Where tokens are requested.',
  'connectors.source.endpoints.graph': 'Where Microsoft Graph answers.',
  'connectors.source.endpoints.token': 'Where tokens are requested.',
  'connectors.source.endpoints.directory': 'Where the Directory API answers.',
  'connectors.source.org': 'The address of the organization, such as https://acme.okta.com.',
  'connectors.source.manager': 'How the directory refers to managers.',
  'connectors.source.manager.from': 'The attribute that names the manager.',
  'connectors.source.manager.by': 'Which attribute of the manager it contains.',
  'connectors.source.customer': 'The id of the Google Workspace customer.',
  'connectors.source.domain': 'One domain, if not the whole customer is to be read.',
  'connectors.scope': 'An expression that decides who takes part. Without it, everybody does.',
  'connectors.to': 'What is written where.',
  'connectors.to.target': 'The name of a target; each target at most once.',
  'connectors.to.scope': "Who takes part at this target, on top of the connector's scope.",
  'connectors.to.match': "How a person's account is found, tried in order; the link is remembered.",
  'connectors.to.match.username': 'An expression, or several, whose value is the username.',
  'connectors.to.match.email': "An expression, or several, whose value is the account's mail address.",
  'connectors.to.attributes': 'The rows of the mapping: what is written from what.',
  'connectors.to.attributes.field': 'A fixed field of the profile.',
  'connectors.to.attributes.userProperty': 'The name of a user property, as you choose it.',
  'connectors.to.attributes.when':
    'A condition: of several rows for one attribute, the first whose condition is true decides.',
  'connectors.to.attributes.from':
    'Where the value comes from: a path in the directory, any expression, or one of the forms below.',
  'connectors.to.attributes.from.constant': 'The same text for everybody; an empty text clears what Attune wrote.',
  'connectors.to.attributes.from.firstOf': 'The first of these that has a value.',
  'connectors.to.attributes.from.join': 'All of these that have a value, joined in order.',
  'connectors.to.attributes.from.with': 'The text between the joined parts.',
  'connectors.to.attributes.transforms': 'What is done to the value, in order.',
  'connectors.to.attributes.transforms.ascii': 'Letters a to z only; german spells ä as ae.',
  'connectors.to.attributes.transforms.replace': 'Replaces a text wherever it occurs.',
  'connectors.to.attributes.transforms.replace.find': 'The text that is replaced.',
  'connectors.to.attributes.transforms.replace.with': 'The replacement text.',
  'connectors.to.attributes.transforms.regex': 'Replaces what a regular expression finds, in linear time.',
  'connectors.to.attributes.transforms.regex.find': 'The regular expression.',
  'connectors.to.attributes.transforms.regex.replace': 'The replacement; $1 is the first group.',
  'connectors.to.attributes.transforms.lookup': 'Translates the value using a table.',
  'connectors.to.attributes.transforms.lookup.values': 'The table itself: each value and what replaces it.',
  'connectors.to.attributes.transforms.lookup.file': 'A CSV file next to the document; it is stored with the version.',
  'connectors.to.attributes.transforms.lookup.key': 'The column with the values to look up.',
  'connectors.to.attributes.transforms.lookup.value': 'The column with the values that replace them.',
  'connectors.to.attributes.transforms.lookup.separator': 'What separates the columns.',
  'connectors.to.attributes.transforms.lookup.encoding': 'How the file is encoded.',
  'connectors.to.attributes.whenNoTransformApplies':
    'What happens if no lookup, replace or regex applies to the value.',
  'connectors.to.attributes.whenEmpty': 'What happens if the directory has no value.',
  'connectors.to.attributes.overwrite': 'Which existing values at the target may be overwritten.',
  'connectors.to.attributes.whenTooLong': 'What happens to a value that is too long for the target.',
  'connectors.to.attributes.keepOrder': "Whether a list keeps the directory's order instead of being sorted.",
  'connectors.to.attributes.uses': 'Paths that the expression reads but does not show, for example through $lookup.',
  'connectors.schedules': 'When it runs automatically.',
  'connectors.schedules.cron': 'Minute, hour, day of the month, month, day of the week, such as "0 2 * * *".',
  'connectors.schedules.timeZone': 'The time zone, such as Europe/Berlin.',
  'connectors.schedules.mode':
    'full reads everybody, delta what changed, verify everybody and every value at the targets.',
  'connectors.schedules.every': 'An interval such as 15m, 4h or 1d.',
  'connectors.guard': 'How much a run of everybody may change without approval.',
  'connectors.guard.ignoreBelow': 'Fewer people than this never trip a percentage.',
  'connectors.guard.perAttribute': 'The same, for each attribute.',
  'connectors.guard.onBreach': 'What happens to a plan that exceeds a threshold.',
  'connectors.guard.window': 'The same for all runs of several days together, against slow leaks.',
  'connectors.guard.window.over': 'The length of the window, such as 7d.',
  'connectors.guard.window.perAttribute': 'The same, for each attribute.',
  'connectors.guard.fourEyes':
    'Whether the person who stored the version or started the run is barred from approving its plan.',
  'connectors.guard.planExpires': 'How long a held plan can be decided on, such as 7d.',
  'connectors.patience': 'How long a run of everybody waits for an unavailable source or target, such as 1h.',
  'connectors.retention': 'How long the records of its runs are kept, such as 90d.',
  'connectors.rollout': 'Write to a few people first.',
  'connectors.rollout.first': 'How many people are written first, or which ones, by id, login or mail.',
  'connectors.rollout.then':
    'Whether the rest follows automatically once these accounts hold what was written, or waits for approval.',
  'connectors.leavers': 'What happens to the values of people who have left: one rule, or one for each way of leaving.',
  'connectors.leavers.disabled': 'For people whose account in the directory is disabled.',
  'connectors.leavers.outOfScope': 'For people who are no longer in the scope.',
  'connectors.leavers.deleted': 'For people whom the directory no longer knows.',
  'connectors.notify': 'Who is notified when the state of the connector changes.',
  'connectors.notify.webhook': 'Where the address of the webhook is stored.',
  'connectors.notify.key': 'Where the key that signs notices is stored.',
  'connectors.notify.on': 'The events they are notified of.',
  'connectors.staleAfter': 'How long the connector may go without a completed run before it counts as stale; or off.',
  'connectors.examples': 'Tests of the mapping, which run whenever the document is checked.',
  'connectors.examples.name': 'What the test is about.',
  'connectors.examples.user': 'A person as the directory describes them.',
  'connectors.examples.expect': 'The expected result at each target, by its name.',
  'connectors.examples.expect.*.username': 'The username expected to be matched by.',
  'connectors.examples.expect.*.email': 'The mail address expected to be matched by.',
  'connectors.examples.expect.*.fields': 'The fields expected to be written; null for no value.',
  'connectors.examples.expect.*.userProperties': 'The user properties expected to be written; null for no value.',
};

const guardPlace = /^connectors\.guard\.(?:window\.)?(.+)$/;

/** What the setting at a place of a document means; null where nothing is said of it. */
const meaningOf = (place: string): string | null => {
  const own = places[place];
  if (own !== undefined) return own;
  const rule = guardPlace.exec(place)?.[1];
  const name = place.slice(place.lastIndexOf('.') + 1);
  return (rule === undefined ? undefined : rules[rule]) ?? anywhere[name] ?? null;
};

type Node = { readonly [name: string]: unknown };

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A JSON Schema of documents with what each setting means beside it, as editors show it on hover. */
export const described = (schema: unknown, place = ''): unknown => {
  if (Array.isArray(schema)) return schema.map((one) => described(one, place));
  if (!isNode(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key === 'properties' && isNode(value)) return [key, properties(value, place)];
      if (key === 'additionalProperties') return [key, described(value, `${place}.*`)];
      return [key, passed.has(key) ? described(value, place) : value];
    }),
  );
};

/** The inner nodes of a schema that are not settings themselves. */
const passed = new Set(['items', 'prefixItems', 'anyOf', 'oneOf', 'allOf']);

const properties = (all: Node, place: string): Node =>
  Object.fromEntries(
    Object.entries(all).map(([name, one]) => {
      const at = place === '' ? name : `${place}.${name}`;
      const inner = described(one, at);
      const description = meaningOf(at);
      return [name, isNode(inner) && description !== null ? { description, ...inner } : inner];
    }),
  );
