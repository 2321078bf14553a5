/** All of a listing that goes on behind links: `read` gives its first page for null, else the one behind a link. */
export const followed = async <Item>(
  read: (link: string | null) => Promise<{ readonly items: readonly Item[]; readonly next: string | null }>,
): Promise<readonly Item[]> => {
  const all: Item[] = [];
  let link: string | null = null;
  do {
    const { items, next } = await read(link);
    all.push(...items);
    link = next;
  } while (link !== null);
  return all;
};
