import { z } from 'zod';

/** A user as Graph gives it: an id, and whatever was selected (Graph: user resource). */
export const graphUser = z.looseObject({ id: z.string().min(1) }).catchall(z.json());

/** A page of users (Graph: paging). */
export const userPage = z.object({ '@odata.nextLink': z.string().optional(), value: z.array(graphUser) });

/** A page of group members, which need not be users (Graph: list group members). */
export const memberPage = z.object({
  '@odata.nextLink': z.string().optional(),
  value: z.array(z.object({ id: z.string().min(1), '@odata.type': z.string().optional() })),
});

/** The body of every Graph error; only `code` is a contract. */
export const graphError = z.object({ error: z.object({ code: z.string(), message: z.string().catch('') }) });

/** One parsed user of Graph. */
export type GraphUser = z.infer<typeof graphUser>;
