import type { Call } from '../../core/call.ts';
import { isFailure } from '../../core/failure.ts';
import type { SourceId } from '../../core/values.ts';
import type { Http } from '../../http/http.ts';
import { memberPage } from './schema.ts';

/**
 * Who reports to somebody directly (Graph: list directReports). Whoever is gone has no reports any more: theirs are
 * named by changes of their own.
 */
export const reportsOf = async (http: Http, id: SourceId, call: Call): Promise<readonly SourceId[]> => {
  const request = { route: '/v1.0/users/{id}/directReports', kind: 'listing' } as const;
  const reports: SourceId[] = [];
  try {
    for (let link: string | undefined, first = true; first || link !== undefined; first = false) {
      const { body } = await http.get(
        link === undefined
          ? { ...request, params: { id }, query: { $select: 'id', $top: '999' } }
          : { ...request, link },
        memberPage,
        call,
      );
      reports.push(...body.value.map((one) => one.id));
      link = body['@odata.nextLink'];
    }
  } catch (error) {
    if (!isFailure(error) || error.kind !== 'notFound') throw error;
  }
  return reports;
};
