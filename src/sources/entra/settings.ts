import { z } from 'zod';
import { secretReference, serviceUrl, tlsSettings } from '../../http/settings.ts';

const expires = z.iso.date().optional();
const clientId = z.guid('must be the application (client) id, such as 51f0a2c4-0000-4000-8000-000000000000');
const choice = z.enum(['include', 'exclude']).default('include');

/** A group by its object id or display name; `members: transitive` counts the members of groups within it too. */
const group = z.union([
  z.string().min(1),
  z.strictObject({ id: z.string().min(1), members: z.enum(['direct', 'transitive']).default('direct') }),
]);

/** The settings of an Entra ID source as the document says them. */
export const entraSettings = z.strictObject({
  kind: z.literal('entra'),
  cloud: z.enum(['global', 'usGov', 'usGovHigh', 'china']).default('global'),
  tenant: z
    .string()
    .regex(
      /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z0-9]([a-z0-9-]*\.)+[a-z0-9-]*[a-z0-9])$/i,
      "must be the tenant's id or one of its domains, such as acme.onmicrosoft.com",
    ),
  auth: z.union([
    z.strictObject({ clientId, clientSecret: secretReference, expires }),
    z.strictObject({ clientId, certificate: secretReference, expires }),
  ]),
  people: z.strictObject({ disabled: choice, guests: choice }).prefault({}),
  groups: z.record(z.string().min(1), group).default({}),
  endpoints: z.strictObject({ login: serviceUrl, graph: serviceUrl }).optional(),
  tls: tlsSettings.optional(),
});

/** The parsed settings of an Entra ID source. */
export type EntraSettings = z.infer<typeof entraSettings>;
