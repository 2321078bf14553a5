import { z } from 'zod';
import type { Clock } from './clock.ts';
import { editPeople, editSchema } from './edit.ts';
import { type Faults, faultSchema } from './faults.ts';
import type { Journal } from './journal.ts';
import type { SandboxRequest, SandboxResponse } from './service.ts';
import { type ServiceName, serviceNames, sourceNames, targetNames } from './services.ts';
import type { Directory } from './world/directory.ts';
import { groupSchema } from './world/groups.ts';
import type { Controls } from './world/types.ts';

/** What control holds of a running sandbox. */
export type Held = {
  directory: Directory;
  journal: Journal;
  faults: Faults;
  clock: Clock;
  controls: Record<ServiceName, Controls>;
  state: () => unknown;
};

const service = z.enum(serviceNames);
const kind = z.enum(['login', 'listing', 'read', 'write', 'other']);
const attributes = z.record(z.string(), z.unknown());
const newPerson = z.looseObject({ id: z.string(), userPrincipalName: z.string() });

const json = (body: unknown, status = 200): SandboxResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const person = ({ directory }: Held, request: SandboxRequest, id: string): SandboxResponse => {
  const found = directory.find(decodeURIComponent(id));
  if (found === undefined) return json({ error: 'No such person.' }, 404);
  if (request.method === 'GET') return json(found);
  if (request.method === 'DELETE') return json({ removed: directory.remove(found.id) });
  return json({ edited: directory.edit(found.id, attributes.parse(request.json())) });
};

/** Members are named by id or login, groups by id. */
const group = ({ directory }: Held, request: SandboxRequest, id: string): SandboxResponse => {
  const { name, people, groups } = groupSchema.parse(request.json());
  directory.groups.put(id, { name, people: people.map((key) => directory.find(key)?.id ?? key), groups });
  return json({ put: true });
};

const entries = ({ journal }: Held, query: URLSearchParams) => ({
  counts: journal.counts(),
  entries: journal.entries({
    ...(query.has('service') ? { service: service.parse(query.get('service')) } : {}),
    ...(query.has('kind') ? { kind: kind.parse(query.get('kind')) } : {}),
  }),
});

const accountEdit = z.union([
  z.strictObject({ add: z.unknown() }),
  z.strictObject({ remove: z.string() }),
  z.strictObject({ rename: z.string(), to: z.string() }),
  z.strictObject({ activate: z.string(), active: z.boolean() }),
  z.strictObject({ set: z.string(), attribute: z.string(), value: z.string().nullable() }),
]);

const editAccount = (account: NonNullable<Controls['account']>, body: unknown) => {
  const asked = accountEdit.parse(body);
  if ('add' in asked) account.add(asked.add);
  else if ('remove' in asked) return { removed: account.remove(asked.remove) };
  else if ('rename' in asked) return { renamed: account.rename(asked.rename, asked.to) };
  else if ('activate' in asked) account.activate(asked.activate, asked.active);
  else account.set(asked.set, asked.attribute, asked.value);
  return { edited: true };
};

const route = (held: Held, request: SandboxRequest): SandboxResponse => {
  const { directory, journal, faults, clock, controls } = held;
  const [, first, second = ''] = request.path.split('/');
  const expired = (services: readonly ServiceName[], of: (control: Controls) => number): number =>
    services.reduce((sum, name) => sum + of(controls[name]), 0);
  switch (`${request.method} ${request.path}`) {
    case 'GET /state':
      return json(held.state());
    case 'POST /people':
      directory.add(newPerson.parse(request.json()));
      return json({ added: true });
    case 'POST /people/edit':
      return json({ edited: editPeople(directory, editSchema.parse(request.json())) });
    case 'POST /faults':
      return json({ added: true, at: faults.add(faultSchema.parse(request.json())) });
    case 'GET /faults':
      return json({ met: faults.met(), held: faults.held() });
    case 'DELETE /faults':
      faults.clear();
      return json({ cleared: true });
    case 'GET /journal':
      return json(entries(held, request.query));
    case 'DELETE /journal':
      journal.clear();
      return json({ cleared: true });
    case 'POST /clock/advance':
      clock.advance(z.object({ milliseconds: z.number().min(0) }).parse(request.json()).milliseconds);
      return json({ now: clock.now() });
    case 'POST /sessions/expire':
      return json({ expired: expired(targetNames, (one) => one.expireSessions()) });
    case 'POST /web-sudo/expire':
      return json({ expired: expired(targetNames, (one) => one.expireWebSudo?.() ?? 0) });
    case 'POST /tokens/expire':
      return json({ expired: expired(sourceNames, (one) => one.expireSessions()) });
  }
  if (first === 'people' && second !== '') return person(held, request, second);
  if (first === 'groups' && second !== '' && request.method === 'PUT') return group(held, request, second);
  const named = service.safeParse(second);
  const control = named.success ? controls[named.data] : undefined;
  if (control !== undefined && first === 'stores' && request.method === 'GET') return json(control.store());
  if (control?.account !== undefined && first === 'accounts' && request.method === 'POST') {
    return json(editAccount(control.account, request.json()));
  }
  if (control !== undefined && first === 'options' && request.method === 'POST') {
    control.configure(attributes.parse(request.json()));
    return json({ configured: true });
  }
  return json({ error: 'Control knows no such request.' }, 404);
};

/** The endpoint that edits people, injects faults and reads the journal; a malformed request changes nothing. */
export const createControl =
  (held: Held) =>
  (request: SandboxRequest): SandboxResponse => {
    try {
      return route(held, request);
    } catch (error) {
      return json({ error: error instanceof Error ? error.message : 'Malformed.' }, 400);
    }
  };
