import type { Call } from '../../core/call.ts';
import { isFailure } from '../../core/failure.ts';
import type { Http } from '../../http/http.ts';
import { discovered } from '../discovered.ts';
import type { SourceAttribute } from '../source.ts';
import { pageSize } from './client.ts';
import { userPage, userSchema } from './schema.ts';

/** The paths of the first page of people, and the attributes of the schema where the sign-in may read it. */
export const offeredAttributes = async (http: Http, call: Call): Promise<readonly SourceAttribute[]> => {
  const query = { limit: pageSize };
  const { body } = await http.get({ route: '/api/v1/users', kind: 'listing', query }, userPage, call);
  const seen = discovered(body.map(({ credentials: _secret, _links, ...user }) => user)).map((one) =>
    one.type === 'empty' ? { ...one, type: 'string' } : one,
  );
  const known = new Set(seen.map(({ path }) => path));
  const further = (await schemaAttributes(http, call)).filter(({ path }) => !known.has(path));
  return [...seen, ...further].sort((a, b) => a.path.localeCompare(b.path, 'en'));
};

const schemaAttributes = async (http: Http, call: Call): Promise<readonly SourceAttribute[]> => {
  try {
    const request = { route: '/api/v1/meta/schemas/user/default', kind: 'read' } as const;
    const { base, custom } = (await http.get(request, userSchema, call)).body.definitions;
    return Object.entries({ ...base.properties, ...custom.properties }).map(([name, { type }]) => ({
      path: `profile.${name}`,
      type,
      example: null,
    }));
  } catch (error) {
    if (isFailure(error) && (error.kind === 'forbidden' || error.kind === 'notFound')) return [];
    throw error;
  }
};
