import type { Call } from '../../../core/call.ts';
import type { Http, HttpRequest } from '../../../http/http.ts';
import { followed } from '../../follow.ts';
import { memberPage } from '../schema.ts';

/** The ids of everything a listing of one person names (Graph: paging). */
export const idsOf = (
  http: Http,
  request: Pick<HttpRequest, 'route' | 'kind'>,
  id: string,
  call: Call,
): Promise<readonly string[]> =>
  followed(async (link) => {
    const query = { $select: 'id', $top: '999' };
    const where = link === null ? { ...request, params: { id }, query } : { ...request, link };
    const { body } = await http.get(where, memberPage, call);
    return { items: body.value.map((one) => one.id), next: body['@odata.nextLink'] ?? null };
  });
