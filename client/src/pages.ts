import type { CallOptions, Reply } from './caller.js';

interface Page<T> {
  items: T[];
  nextCursor?: string;
}
type List<T, Q> = (query: Q, options?: CallOptions) => Promise<Reply<Page<T>>>;

/** Page after page of a list, each read when it is asked for. */
export async function* pages<T, Q extends { cursor?: string }>(list: List<T, Q>, query: Q, options?: CallOptions): AsyncGenerator<T[], void> {
  let { cursor } = query;
  do {
    const { data } = await list({ ...query, cursor }, options);
    yield data.items;
    cursor = data.nextCursor;
  } while (cursor !== undefined);
}

/** Item after item of a list: `for await (const document of client.documents.all())`. */
export async function* items<T, Q extends { cursor?: string }>(list: List<T, Q>, query: Q, options?: CallOptions): AsyncGenerator<T, void> {
  for await (const page of pages(list, query, options)) yield* page;
}
