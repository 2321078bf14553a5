import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { ProblemNotice } from '../problem.tsx';

type Listing = { readonly next: string | null };

/** A listing of the API read page by page, each asked for with the cursor of the one before. */
export const usePages = <Page extends Listing>(
  key: QueryKey,
  ask: (cursor: string | null) => Promise<Page>,
  enabled = true,
) => {
  const asked = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => ask(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    enabled,
  });
  return {
    /** Undefined before the first page is there. */
    pages: asked.data?.pages,
    error: asked.error,
    again: () => void asked.refetch(),
    hasMore: asked.hasNextPage,
    isBusy: asked.isFetchingNextPage,
    more: () => void asked.fetchNextPage(),
  };
};

/** A listing as `usePages` reads it, whatever its pages hold. */
export type Pages = Omit<ReturnType<typeof usePages<Listing>>, 'pages'>;

/** What went wrong with a listing, and the button for what comes behind the last page read. */
export const PagesEnd = ({ of }: { of: Pages }) => (
  <>
    {of.error !== null && <ProblemNotice error={of.error} retry={of.again} />}
    {of.hasMore && (
      <div className="body">
        <button type="button" className="button" disabled={of.isBusy} onClick={of.more}>
          Show more
        </button>
      </div>
    )}
  </>
);
