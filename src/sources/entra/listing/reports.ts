import type { Call } from '../../../core/call.ts';
import type { SourceId } from '../../../core/values.ts';
import type { Http } from '../../../http/http.ts';
import { unlessGone } from '../../refusals.ts';
import { idsOf } from './ids-of.ts';

/**
 * Who reports to somebody directly (Graph: list directReports). A person who is gone has no reports any more: the
 * reports appear in changes themselves.
 */
export const reportsOf = async (http: Http, id: SourceId, call: Call): Promise<readonly SourceId[]> =>
  (await unlessGone(idsOf(http, { route: '/v1.0/users/{id}/directReports', kind: 'listing' }, id, call))) ?? [];
