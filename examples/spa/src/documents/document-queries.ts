import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Client, Document } from '@stateless-backend/client';

export interface Filter {
  folder?: string;
  tag?: string;
  status?: Document['status'];
}

const PAGE = 30;

export const documentList = (client: Client, filter: Filter) =>
  infiniteQueryOptions({
    queryKey: ['documents', 'list', filter],
    queryFn: async ({ pageParam, signal }) => (await client.documents.list({ ...filter, limit: PAGE, cursor: pageParam }, { signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

export const usageOf = (client: Client) =>
  queryOptions({ queryKey: ['documents', 'usage'], queryFn: async ({ signal }) => (await client.documents.usage({ signal })).data });

/** A document with the ETag of the version that is shown. */
export const documentOf = (client: Client, id: string) =>
  queryOptions({
    queryKey: ['documents', 'one', id],
    queryFn: async ({ signal }) => {
      const { data, etag } = await client.documents.get(id, { signal });
      return { document: data, etag };
    },
  });

export const versionsOf = (client: Client, id: string) =>
  queryOptions({ queryKey: ['documents', 'versions', id], queryFn: async ({ signal }) => (await client.versions.list(id, { signal })).data.items });

export const sharesOf = (client: Client, id: string) =>
  queryOptions({ queryKey: ['documents', 'shares', id], queryFn: async ({ signal }) => (await client.shares.list(id, { limit: 100 }, { signal })).data.items });
