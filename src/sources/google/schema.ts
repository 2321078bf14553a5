import { z } from 'zod';

/** A user as the directory gives it: an id, and whatever was selected (Directory API: users). */
export const googleUser = z.looseObject({ id: z.string().min(1) }).catchall(z.json());

/** A page of users; an empty one has no `users` at all (Directory API: users.list). */
export const userPage = z.object({
  nextPageToken: z.string().min(1).optional(),
  users: z.array(googleUser).default([]),
});

/** A page of the members of a group (Directory API: members.list). */
export const memberPage = z.object({
  nextPageToken: z.string().min(1).optional(),
  members: z.array(z.object({ id: z.string().min(1), type: z.string() })).default([]),
});

/** Whether somebody is in a group, directly or by way of another (Directory API: members.hasMember). */
export const membership = z.object({ isMember: z.boolean() });

/** One member of a group (Directory API: members.get). */
export const member = z.object({ id: z.string().optional() });

/** The body of every error; `reason` tells a rate that is limited from a right that is missing. */
export const googleError = z.object({
  error: z.object({ errors: z.array(z.object({ reason: z.string() })).default([]) }),
});

/** One parsed user. */
export type GoogleUser = z.infer<typeof googleUser>;
