import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { createClient, NetworkError, Problem, type Client } from '@stateless-backend/client';
import { queries as queriesOf } from '@stateless-backend/client/query';
import { createContext, use } from 'react';
import type { Config } from './config';
import { Auth } from './sign-in/auth';
import { Traffic } from './tasks/traffic';
import { UploadQueue } from './uploads/upload-queue';

/** What the whole app shares; made once when it starts. */
export interface Services {
  config: Config;
  auth: Auth;
  traffic: Traffic;
  client: Client;
  /** What can be read, as queries. */
  reads: ReturnType<typeof queriesOf>;
  queries: QueryClient;
  uploads: UploadQueue;
}

export function createServices(config: Config): Services {
  const auth = new Auth(config);
  const traffic = new Traffic();
  const client = createClient({ baseUrl: config.apiUrl, token: auth.token, fetch: traffic.fetch });
  const count = (error: unknown) => {
    if (error instanceof NetworkError || (error instanceof Problem && error.status >= 500)) traffic.lose();
  };
  const queries = new QueryClient({
    queryCache: new QueryCache({ onError: count }),
    mutationCache: new MutationCache({ onError: count }),
    // The client repeats by itself what is worth repeating.
    defaultOptions: { queries: { retry: false, staleTime: 5_000 }, mutations: { retry: false } },
  });
  const uploads = new UploadQueue(client, () => void queries.invalidateQueries({ queryKey: ['documents'] }));
  return { config, auth, traffic, client, reads: queriesOf(client), queries, uploads };
}

export const ServicesContext = createContext<Services | undefined>(undefined);

export function useServices(): Services {
  const services = use(ServicesContext);
  if (!services) throw new Error('There are no services here.');
  return services;
}
