import type { Client } from './client.ts';

/** All pages of a listing, one after the other; `filter` goes with each request. */
export async function* pages<Page extends { readonly next: string | null }>(
  client: Client,
  path: string,
  schema: Parameters<typeof client.get<Page>>[1],
  filter: Readonly<Record<string, string>> = {},
): AsyncGenerator<Page> {
  let cursor: string | null = null;
  do {
    const query: URLSearchParams = new URLSearchParams({
      ...filter,
      limit: '1000',
      ...(cursor === null ? {} : { cursor }),
    });
    const page: Page = await client.get(`${path}?${query}`, schema);
    yield page;
    cursor = page.next;
  } while (cursor !== null);
}
