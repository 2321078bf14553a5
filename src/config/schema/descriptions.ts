import { attributeRules, guardRules } from '../../core/guard.ts';

/** What a rule of the guard counts, as one sentence. */
const counted = (text: string): string =>
  `At most so many ${text.replaceAll('`', '')}: percent and count, whichever is exceeded first; or off.`;

const rules = Object.fromEntries([
  ...Object.entries(guardRules).map(([name, { counts }]) => [name, counted(counts)] as const),
  ...Object.entries(attributeRules).map(([name, { counts }]) => [`perAttribute.${name}`, counted(counts)] as const),
]);

/** Settings that mean the same wherever they stand, by their own name. */
const anywhere: Readonly<Record<string, string>> = {
  env: 'An environment variable that holds the secret; its name begins with ATTUNE_SECRET_.',
  file: 'A file below ATTUNE_SECRETS_DIR; a certificate authority may be named by a whole path.',
  tls: 'How the connection is encrypted, beyond what is usual.',
  ca: 'A certificate authority to trust besides the usual ones.',
  percent: 'Percent of the people linked in that target.',
  count: 'A number of people, or of values where values are counted.',
  clear: 'Clear what this connector wrote, so long after the person has left, such as 30d.',
};

/** What each setting of a document means, by its place; `*` stands for a name the admin chooses. */
const places: Readonly<Record<string, string>> = {
  targets: 'What is written to, each under a name; any number of connectors may use one.',
  'targets.*.kind': 'The product: jira or confluence.',
  'targets.*.url': 'The base address people open the product at, without a path of a page.',
  'targets.*.auth':
    'How Attune signs in: with a password, or with a personal access token where the store needs REST alone.',
  'targets.*.auth.username': 'The account Attune signs in with; it needs the right to administer users.',
  'targets.*.auth.password': 'Where the password stands; never the password itself.',
  'targets.*.auth.loginPath': "The path of the login form, where single sign-on takes over the product's own.",
  'targets.*.auth.with': 'Whether the login form is used, or Basic on every request.',
  'targets.*.auth.token': 'Where the personal access token stands; never the token itself.',
  'targets.*.inFlight': 'How many requests the product gets at once, over all workers, runs and connectors.',
  'targets.*.writeHours': 'When full runs may write; outside these hours they pause. A run of one person never waits.',
  'targets.*.writeHours.from': 'When writing begins, such as "20:00".',
  'targets.*.writeHours.to': 'When writing ends, such as "06:00".',
  'targets.*.writeHours.timeZone': 'The place whose clock counts, such as Europe/Berlin.',
  'targets.*.never':
    'Usernames that are never written to, with * for any letters; the account Attune signs in with is always one.',
  'targets.*.readBack': 'One of so many accounts written is read again to prove the write; 0 reads none.',
  'targets.*.store': 'Where the product keeps the attributes.',
  'targets.*.remoteApi': 'Whether the XML-RPC interface of Confluence may be used.',
  connectors: 'Each reads one directory and writes to one or several targets.',
  'connectors.id': 'The name of the connector: small letters, digits and hyphens.',
  'connectors.previously': 'The id it had before, so that its runs, links and accounts go with it.',
  'connectors.source': 'The directory people are read from.',
  'connectors.source.kind': 'The identity provider: entra, okta or google.',
  'connectors.source.cloud': 'The national cloud of the tenant; it decides the addresses.',
  'connectors.source.tenant': 'The id or a domain of the tenant.',
  'connectors.source.auth': 'How Attune signs in to the directory, with rights to read only.',
  'connectors.source.auth.clientId': 'The id of the application registered for Attune.',
  'connectors.source.auth.clientSecret': 'Where the client secret stands; never the secret itself.',
  'connectors.source.auth.certificate': 'Where the certificate with its private key stands, in PEM.',
  'connectors.source.auth.expires': 'The day the credential ends; Attune warns from 30 days before.',
  'connectors.source.auth.apiToken': 'Where the API token stands; never the token itself.',
  'connectors.source.auth.privateKey': 'Where the private key of the service app stands.',
  'connectors.source.auth.keyId': 'The id of the key, where the app has several.',
  'connectors.source.auth.serviceAccount': "Where the service account's key file stands, as JSON.",
  'connectors.source.auth.subject': 'The mail of the administrator the service account acts for.',
  'connectors.source.people': 'Who takes part, by the states the directory itself knows.',
  'connectors.source.people.disabled': 'Whether accounts that are disabled take part.',
  'connectors.source.people.guests': 'Whether guests of other tenants take part.',
  'connectors.source.people.deprovisioned': 'Whether people who were deprovisioned take part.',
  'connectors.source.people.suspended': 'Whether people who are suspended take part.',
  'connectors.source.people.archived': 'Whether people who are archived take part.',
  'connectors.source.groups':
    "Groups by names of your own; then 'engineering' in groups may stand in an expression. Only these are read.",
  'connectors.source.groups.*.id': 'The id of the group at the directory.',
  'connectors.source.groups.*.members': 'Whether members of groups within it count as well.',
  'connectors.source.endpoints': 'Other addresses than the usual ones, for a proxy or a test system.',
  'connectors.source.endpoints.login': 'Where tokens are asked for.',
  'connectors.source.endpoints.graph': 'Where Microsoft Graph answers.',
  'connectors.source.endpoints.token': 'Where tokens are asked for.',
  'connectors.source.endpoints.directory': 'Where the Directory API answers.',
  'connectors.source.org': 'The address of the organization, such as https://acme.okta.com.',
  'connectors.source.manager': 'How the directory names managers.',
  'connectors.source.manager.from': 'The attribute that names the manager.',
  'connectors.source.manager.by': 'What managers are named by in it.',
  'connectors.source.customer': 'The id of the Google Workspace customer.',
  'connectors.source.domain': 'One domain, where not the whole customer is to be read.',
  'connectors.scope': 'An expression: who takes part. Without it, everybody does.',
  'connectors.to': 'What is written where.',
  'connectors.to.target': 'The name of a target; each at most once.',
  'connectors.to.scope': "Who takes part at this target, on top of the connector's scope.",
  'connectors.to.match': 'How the account of a person is found, tried in order; the link found is remembered.',
  'connectors.to.match.username': 'An expression, or several, whose value is the username.',
  'connectors.to.match.email': 'An expression, or several, whose value is the mail of the account.',
  'connectors.to.attributes': 'The rows of the mapping: what is written from what.',
  'connectors.to.attributes.field': 'A fixed field of the profile.',
  'connectors.to.attributes.userProperty': 'The name of a user property, as you choose it.',
  'connectors.to.attributes.when':
    'A condition: of several rows of one attribute the first whose condition holds decides.',
  'connectors.to.attributes.from':
    'Where the value comes from: a path of the directory, any expression, or one of the forms below.',
  'connectors.to.attributes.from.constant': 'The same text for everybody; empty clears what Attune wrote.',
  'connectors.to.attributes.from.firstOf': 'The first of these that has a value.',
  'connectors.to.attributes.from.join': 'All of these that have a value, one after the other.',
  'connectors.to.attributes.from.with': 'What stands between the parts that are joined.',
  'connectors.to.attributes.transforms': 'What is done with the value, in order.',
  'connectors.to.attributes.transforms.ascii': 'Plain letters alone; german spells ä as ae.',
  'connectors.to.attributes.transforms.replace': 'Replaces a text wherever it stands.',
  'connectors.to.attributes.transforms.replace.find': 'The text that is replaced.',
  'connectors.to.attributes.transforms.replace.with': 'The text that comes in its place.',
  'connectors.to.attributes.transforms.regex': 'Replaces what a regular expression finds, in linear time.',
  'connectors.to.attributes.transforms.regex.find': 'The regular expression.',
  'connectors.to.attributes.transforms.regex.replace': 'What comes in its place; $1 stands for the first group.',
  'connectors.to.attributes.transforms.lookup': 'Translates the value by a table.',
  'connectors.to.attributes.transforms.lookup.values': 'The table itself: each value and what it becomes.',
  'connectors.to.attributes.transforms.lookup.file': 'A CSV file beside the document; it is stored with the version.',
  'connectors.to.attributes.transforms.lookup.key': 'The column with the values that are looked up.',
  'connectors.to.attributes.transforms.lookup.value': 'The column with what they become.',
  'connectors.to.attributes.transforms.lookup.separator': 'What separates the columns.',
  'connectors.to.attributes.transforms.lookup.encoding': 'How the file is encoded.',
  'connectors.to.attributes.whenNoTransformApplies': 'What happens where no lookup, replace or regex knows the value.',
  'connectors.to.attributes.whenEmpty': 'What happens where the directory has no value.',
  'connectors.to.attributes.overwrite': 'Which values that stand at the target may be overwritten.',
  'connectors.to.attributes.whenTooLong': 'What happens with a value longer than the target takes.',
  'connectors.to.attributes.keepOrder': "Whether a list keeps the directory's order instead of being sorted.",
  'connectors.to.attributes.uses': 'Paths an expression reads that cannot be seen in it, such as by $lookup.',
  'connectors.schedules': 'When it runs by itself.',
  'connectors.schedules.cron': 'Minute, hour, day of the month, month, day of the week, such as "0 2 * * *".',
  'connectors.schedules.timeZone': 'The place whose clock counts, such as Europe/Berlin.',
  'connectors.schedules.mode':
    'full reads everybody, delta what changed, verify everybody and every value at the targets.',
  'connectors.schedules.every': 'A span such as 15m, 4h or 1d.',
  'connectors.guard': 'How much a run of everybody may change by itself.',
  'connectors.guard.ignoreBelow': 'Fewer people than this never trip a percentage.',
  'connectors.guard.perAttribute': 'The same for each attribute alone.',
  'connectors.guard.onBreach': 'What becomes of a plan that goes beyond that.',
  'connectors.guard.window': 'The same for all runs of some days together, against slow leaks.',
  'connectors.guard.window.over': 'How many days, such as 7d.',
  'connectors.guard.window.perAttribute': 'The same for each attribute alone.',
  'connectors.guard.fourEyes': 'Whoever stored the version or started the run may not approve its plan.',
  'connectors.guard.planExpires': 'How long a held plan may be decided over, such as 7d.',
  'connectors.patience': 'How long a run of everybody waits for a party that is away, such as 1h.',
  'connectors.retention': 'How long what its runs did is kept, such as 90d.',
  'connectors.rollout': 'Write to a few people first.',
  'connectors.rollout.first': 'How many people are written first, or which ones, by id, login or mail.',
  'connectors.rollout.then':
    'Whether the rest follows by itself once these hold what was written, or waits for approval.',
  'connectors.leavers': 'What becomes of the values of people who have left: one rule, or one for each way of leaving.',
  'connectors.leavers.disabled': 'For people whose account at the directory is disabled.',
  'connectors.leavers.outOfScope': 'For people who are not in the scope any more.',
  'connectors.leavers.deleted': 'For people whom the directory does not know any more.',
  'connectors.notify': 'Who is told when the state of the connector changes.',
  'connectors.notify.webhook': 'Where the address of the webhook stands.',
  'connectors.notify.key': 'Where the key stands that notices are signed with.',
  'connectors.notify.on': 'Of what they are told.',
  'connectors.staleAfter': 'How long it may be without a run carried out before it counts as stale; or off.',
  'connectors.examples': 'Tests of the mapping, run whenever the document is checked.',
  'connectors.examples.name': 'What the test shows.',
  'connectors.examples.user': 'A person as the directory gives them.',
  'connectors.examples.expect': 'What is to come of it at each target, by its name.',
  'connectors.examples.expect.*.username': 'The username it is to be matched by.',
  'connectors.examples.expect.*.email': 'The mail it is to be matched by.',
  'connectors.examples.expect.*.fields': 'The fields that are to be written, null for none.',
  'connectors.examples.expect.*.userProperties': 'The user properties that are to be written, null for none.',
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

/** What stands inside a schema without being a setting of its own. */
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
