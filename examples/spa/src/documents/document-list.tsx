import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useServices } from '../services';
import { ProblemNote } from '../ui/problem-note';
import { DocumentRow } from './document-row';
import type { Filter } from './document-queries';

interface DocumentListProps {
  filter: Filter;
  onOpen: (id: string) => void;
  onFilter: (filter: Filter) => void;
}

const PAGE = 30;

/** Loads on when its end comes into sight; the button is for those who do not scroll. */
export function DocumentList({ filter, onOpen, onFilter }: DocumentListProps) {
  const { reads } = useServices();
  const list = useInfiniteQuery(reads.documents({ ...filter, limit: PAGE }));
  const { hasNextPage, isFetchingNextPage, fetchNextPage, isError } = list;
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!end.current || !hasNextPage || isFetchingNextPage || isError) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && void fetchNextPage(), { rootMargin: '400px' });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [hasNextPage, isFetchingNextPage, isError, fetchNextPage]);

  const all = list.data?.pages.flatMap(({ items }) => items) ?? [];
  // Whoever cancelled an upload has seen the last of it, unless they ask.
  const documents = filter.status ? all : all.filter(({ reason }) => reason !== 'aborted');
  if (list.isPending) return <p className="empty quiet">Loading…</p>;
  return (
    <>
      {documents.length > 0 && (
        <ul className="documents">
          {documents.map((document) => (
            <DocumentRow key={document.id} document={document} onOpen={() => onOpen(document.id)} onFilter={onFilter} />
          ))}
        </ul>
      )}
      {documents.length === 0 && !list.isError && <Empty filter={filter} />}
      {list.isError && <ProblemNote error={list.error} onRetry={() => void (documents.length > 0 ? fetchNextPage() : list.refetch())} />}
      <div ref={end} className="list-end" role="status">
        {hasNextPage && !list.isError && (
          <button type="button" className="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {isFetchingNextPage ? 'Loading…' : 'Load more'}
          </button>
        )}
      </div>
    </>
  );
}

function Empty({ filter }: { filter: Filter }) {
  if (filter.status === 'trashed') return <p className="empty quiet">The trash is empty. What you put here stays for 30 days.</p>;
  if (filter.folder || filter.tag || filter.status) return <p className="empty quiet">No document matches.</p>;
  return <p className="empty quiet">Nothing here yet. Drop a file above, or choose one.</p>;
}
