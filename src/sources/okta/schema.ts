import { z } from 'zod';

/** A user as Okta gives it: an id, a status, and an open profile (Okta: user object). */
export const oktaUser = z
  .looseObject({
    id: z.string().min(1),
    status: z.string(),
    profile: z.record(z.string(), z.json()).catch({}),
  })
  .catchall(z.json());

/** A page of users (Okta: list users). */
export const userPage = z.array(oktaUser);

/** A page of the members of a group, or of the groups of a user: ids count (Okta: list group members). */
export const idPage = z.array(z.object({ id: z.string().min(1) }));

/** A page of groups with their names (Okta: list groups). */
export const groupPage = z.array(
  z.object({ id: z.string().min(1), profile: z.object({ name: z.string().catch('') }) }),
);

/** The custom and the base attributes of the default user type (Okta: schemas). */
export const userSchema = z.object({
  definitions: z.object({
    base: z.object({ properties: z.record(z.string(), z.object({ type: z.string().catch('string') })) }),
    custom: z.object({ properties: z.record(z.string(), z.object({ type: z.string().catch('string') })).catch({}) }),
  }),
});

/** The body of every Okta error; only the code is a contract. */
export const oktaError = z.object({ errorCode: z.string() });

/** One parsed user of Okta. */
export type OktaUser = z.infer<typeof oktaUser>;
