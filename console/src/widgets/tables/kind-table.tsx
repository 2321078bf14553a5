import { count, many } from '../time.tsx';
import { Change } from '../value.tsx';
import { DataTable } from './data-table.tsx';

type Kind = { readonly before: string | null; readonly after: string | null; readonly people: number };

/** Kinds of change: what turns into what, for how many people; and how many more there are. */
export const KindTable = ({
  kinds,
  rest,
}: {
  kinds: readonly Kind[];
  rest: { readonly kinds: number; readonly people: number };
}) => (
  <>
    {kinds.length > 0 && (
      <DataTable
        rows={kinds}
        keyOf={({ before, after }) => JSON.stringify([before, after])}
        columns={[
          { head: 'People', number: true, cell: ({ people }) => count(people) },
          { head: 'Change', cell: ({ before, after }) => <Change before={before} after={after} /> },
        ]}
      />
    )}
    {rest.kinds > 0 && (
      <p className="body muted">
        and {many(rest.kinds, 'more kind')} for {many(rest.people, 'person', 'people')}
      </p>
    )}
  </>
);
