import { z } from 'zod';

/** A user as Graph gives it: an id, and whatever was selected (Graph: user resource). */
export const graphUser = z.looseObject({ id: z.string().min(1) }).catchall(z.json());

/** A page of users (Graph: paging). */
export const userPage = z.object({ '@odata.nextLink': z.string().optional(), value: z.array(graphUser) });

/** A page of changes: who, and whether they were removed; one of both links must be there (Graph: user delta). */
export const changePage = z
  .object({
    '@odata.nextLink': z.string().optional(),
    '@odata.deltaLink': z.string().optional(),
    value: z.array(z.object({ id: z.string().min(1), '@removed': z.object({}).optional() })),
  })
  .refine((page) => (page['@odata.nextLink'] === undefined) !== (page['@odata.deltaLink'] === undefined), {
    path: ['@odata.deltaLink'],
  });

/** A page of the members of a group or of somebody's reports (Graph: list group members, list directReports). */
export const memberPage = z.object({
  '@odata.nextLink': z.string().optional(),
  value: z.array(z.object({ id: z.string().min(1) })),
});

/** The body of every Graph error; only `code` is a contract. */
export const graphError = z.object({ error: z.object({ code: z.string(), message: z.string().catch('') }) });

/** One parsed user of Graph. */
export type GraphUser = z.infer<typeof graphUser>;
