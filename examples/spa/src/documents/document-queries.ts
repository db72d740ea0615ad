import { queryOptions } from '@tanstack/react-query';
import type { Client, Document } from '@stateless-backend/client';

export interface Filter {
  folder?: string;
  tag?: string;
  status?: Document['status'];
}

/** A document with the ETag of the version that is shown: a form must know what it was filled with. */
export const documentOf = (client: Client, id: string) =>
  queryOptions({
    queryKey: ['documents', 'versioned', id],
    queryFn: async ({ signal }) => {
      const { data, etag } = await client.documents.get(id, { signal });
      return { document: data, etag };
    },
  });
