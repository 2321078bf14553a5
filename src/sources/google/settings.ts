import { z } from 'zod';
import { secretReference, serviceUrl, tlsSettings } from '../../http/settings.ts';

const choice = z.enum(['include', 'exclude']).default('exclude');

/** A group by its mail or id; `members: transitive` counts the members of groups within it too. */
const group = z.union([
  z.string().min(1),
  z.strictObject({ id: z.string().min(1), members: z.enum(['direct', 'transitive']).default('direct') }),
]);

/** The settings of a Google source as the document says them. */
export const googleSettings = z
  .strictObject({
    kind: z.literal('google'),
    customer: z
      .string()
      .regex(/^[A-Za-z0-9_]+$/, 'must be the id of the customer, such as C03az79cb; a domain stands under `domain`')
      .optional(),
    domain: z
      .string()
      .regex(/^[^\s@/]+\.[^\s@/]+$/, 'must be a domain, such as acme.example')
      .optional(),
    auth: z.strictObject({
      serviceAccount: secretReference,
      subject: z.string().includes('@', { error: 'must be the mail address of the administrator to act for' }),
      expires: z.iso.date().optional(),
    }),
    people: z.strictObject({ suspended: choice, archived: choice }).prefault({}),
    groups: z.record(z.string().min(1), group).default({}),
    endpoints: z.strictObject({ token: serviceUrl, directory: serviceUrl }).optional(),
    tls: tlsSettings.optional(),
  })
  .refine(({ customer, domain }) => customer === undefined || domain === undefined, {
    message: 'must name either a customer or one domain',
    path: ['domain'],
  });

/** The parsed settings of a Google source. */
export type GoogleSettings = z.infer<typeof googleSettings>;
