import { infiniteQueryOptions, queryOptions, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Client } from './client.js';
import type { Document, DocumentsListParams, Profile } from './generated/api.schemas.js';
import { Problem } from './problem.js';
import type { Change } from './update.js';

type Filter = Omit<DocumentsListParams, 'cursor'>;
type Labels = Pick<Document, 'name' | 'folder' | 'tags'>;
type ProfileFields = Omit<Profile, 'userId' | 'version' | 'createdAt' | 'updatedAt'>;

/** The client retries by itself. */
const usual = { retry: false } as const;

/** Query options, for `useQuery`, prefetching and `queryClient.invalidateQueries({ queryKey: ['documents'] })`. */
export const queries = (client: Client) => ({
  /** null until the user has made a profile. */
  profile: () =>
    queryOptions({
      ...usual,
      queryKey: ['profile'],
      queryFn: async ({ signal }): Promise<Profile | null> => {
        const none = (error: unknown): null => {
          if (Problem.is(error, 'not-found')) return null;
          throw error;
        };
        return client.profiles.mine({ signal }).then(({ data }) => data, none);
      },
    }),
  documents: (filter: Filter = {}) =>
    infiniteQueryOptions({
      ...usual,
      queryKey: ['documents', 'list', filter],
      queryFn: async ({ signal, pageParam }) => (await client.documents.list({ ...filter, cursor: pageParam }, { signal })).data,
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ nextCursor }) => nextCursor,
    }),
  document: (id: string) =>
    queryOptions({ ...usual, queryKey: ['documents', 'one', id], queryFn: async ({ signal }) => (await client.documents.get(id, { signal })).data }),
  versions: (id: string) =>
    queryOptions({ ...usual, queryKey: ['documents', 'versions', id], queryFn: async ({ signal }) => (await client.versions.list(id, { signal })).data.items }),
  shares: (id: string) =>
    queryOptions({ ...usual, queryKey: ['documents', 'shares', id], queryFn: async ({ signal }) => (await client.shares.list(id, {}, { signal })).data.items }),
  usage: () => queryOptions({ ...usual, queryKey: ['documents', 'usage'], queryFn: async ({ signal }) => (await client.documents.usage({ signal })).data }),
});

/** React hooks over one client. */
export function createHooks(client: Client) {
  const of = queries(client);
  const useChange = <V, R>(queryKey: string[], mutationFn: (variables: V) => Promise<R>) => {
    const cache = useQueryClient();
    return useMutation({ mutationFn, onSettled: () => cache.invalidateQueries({ queryKey }) });
  };
  return {
    useProfile: () => useQuery(of.profile()),
    useUpdateProfile: () => useChange(['profile'], (change: Change<Profile, ProfileFields>) => client.profiles.update(change)),
    useDocuments: (filter?: Filter) => useInfiniteQuery(of.documents(filter)),
    useDocument: (id: string) => useQuery(of.document(id)),
    useUpdateDocument: (id: string) => useChange(['documents'], (change: Change<Document, Labels>) => client.documents.update(id, change)),
    useTrashDocument: () => useChange(['documents'], (id: string) => client.documents.remove(id)),
    useRestoreDocument: () => useChange(['documents'], (id: string) => client.documents.restore(id)),
    useVersions: (id: string) => useQuery(of.versions(id)),
    useShares: (id: string) => useQuery(of.shares(id)),
    useUsage: () => useQuery(of.usage()),
  };
}
