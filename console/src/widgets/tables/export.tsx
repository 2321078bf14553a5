import { useMutation } from '@tanstack/react-query';
import { byteOrderMark, csvLine } from '../../../../src/client/csv.ts';
import { ProblemNotice } from '../problem.tsx';

type Cell = string | number | null;

/** Saves what a filter shows as a file, all of it, however much of it is in view. The name of the file names no person. */
export const Export = ({
  name,
  heads,
  rows,
}: {
  name: string;
  heads: readonly string[];
  rows: () => Promise<readonly (readonly Cell[])[]>;
}) => {
  const save = useMutation({
    mutationFn: async (as: 'csv' | 'json') => {
      const all = await rows();
      const text =
        as === 'csv'
          ? byteOrderMark + [heads, ...all].map((row) => `${csvLine(row)}\r\n`).join('')
          : JSON.stringify(
              all.map((row) => Object.fromEntries(heads.map((head, index) => [head, row[index] ?? null]))),
              null,
              2,
            );
      const address = URL.createObjectURL(new Blob([text], { type: as === 'csv' ? 'text/csv' : 'application/json' }));
      const link = document.createElement('a');
      link.href = address;
      link.download = `${name}.${as}`;
      link.click();
      URL.revokeObjectURL(address);
    },
  });
  return (
    <>
      {(['csv', 'json'] as const).map((as) => (
        <button key={as} type="button" className="button" disabled={save.isPending} onClick={() => save.mutate(as)}>
          {as === 'csv' ? 'Save as CSV' : 'Save as JSON'}
        </button>
      ))}
      {save.error !== null && <ProblemNotice error={save.error} />}
    </>
  );
};

/** Every page of a listing, up to as many as one file may hold. */
export const everyPage = async <Page extends { readonly next: string | null }>(
  ask: (cursor: string | null) => Promise<Page>,
  most = 100,
): Promise<readonly Page[]> => {
  const pages: Page[] = [];
  for (let cursor: string | null = null; pages.length < most; ) {
    const page: Page = await ask(cursor);
    pages.push(page);
    if (page.next === null) break;
    cursor = page.next;
  }
  return pages;
};
