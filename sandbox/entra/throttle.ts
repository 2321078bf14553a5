import { randomUUID } from 'node:crypto';
import type { SandboxRequest, SandboxResponse } from '../service.ts';
import { jsonHeaders } from './errors.ts';

const windowMs = 10_000;

/** What a request costs in resource units (Graph: throttling limits). */
const costOf = ({ path, query }: Pick<SandboxRequest, 'path' | 'query'>): number => {
  const base = /\/transitiveMembers/.test(path)
    ? 5
    : /\/members/.test(path)
      ? 3
      : /\/users(\/delta)?$/.test(path)
        ? 2
        : 1;
  const top = query.get('$top');
  const less = (query.has('$select') ? 1 : 0) + (top !== null && Number(top) < 20 ? 1 : 0);
  return Math.max(1, base - less + (query.has('$expand') ? 1 : 0));
};

/** What a tenant of this size may spend in ten seconds (Graph: throttling limits). */
export const unitsFor = (people: number): number => (people < 50 ? 3_500 : people <= 500 ? 5_000 : 8_000);

/** Keeps the account of resource units: the headers of an answer, or the 429 in its place. */
export const createThrottle = () => {
  let spent: { at: number; units: number }[] = [];
  return (
    request: SandboxRequest,
    now: number,
    limit: number,
  ): { refusal: SandboxResponse } | { headers: Record<string, string> } => {
    spent = spent.filter(({ at }) => now - at < windowMs);
    const cost = costOf(request);
    const used = spent.reduce((sum, { units }) => sum + units, 0);
    const oldest = spent[0];
    if (oldest !== undefined && used + cost > limit) return { refusal: tooMany((oldest.at + windowMs - now) / 1000) };
    spent.push({ at: now, units: cost });
    const share = (used + cost) / limit;
    return {
      headers: {
        'x-ms-resource-unit': String(cost),
        ...(share > 0.8 ? { 'x-ms-throttle-limit-percentage': share.toFixed(1) } : {}),
      },
    };
  };
};

const tooMany = (seconds: number): SandboxResponse => {
  const id = randomUUID();
  return {
    status: 429,
    headers: {
      ...jsonHeaders,
      'retry-after': Math.max(seconds, 0.001).toFixed(3),
      'x-ms-throttle-scope': 'Tenant_Application/ReadWrite',
      'x-ms-throttle-information': 'ResourceUnitLimitExceeded',
    },
    body: JSON.stringify({
      error: {
        code: 'TooManyRequests',
        innerError: {
          code: '429',
          date: new Date().toISOString(),
          message: 'Please retry after',
          'request-id': id,
          status: '429',
        },
        message: 'Please retry again later.',
      },
    }),
    note: { kind: 'other' },
  };
};
