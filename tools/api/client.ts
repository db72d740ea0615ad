import { thinClient } from './thin-client.js';

/** Orval is written for Node 22; this is all that it misses on 20. */
function addMapGroupBy(): void {
  const map = Map as { groupBy?: unknown };
  map.groupBy ??= <K, V>(items: Iterable<V>, keyOf: (item: V, index: number) => K): Map<K, V[]> => {
    const groups = new Map<K, V[]>();
    let index = 0;
    for (const item of items) {
      const key = keyOf(item, index++);
      groups.set(key, [...(groups.get(key) ?? []), item]);
    }
    return groups;
  };
}

/** Types and thin functions of the client package, from the description, into `folder`. */
export async function generateClient(description: string, folder: string): Promise<void> {
  addMapGroupBy();
  const { generate } = await import('orval');
  await generate({
    input: { target: description },
    output: {
      mode: 'tags',
      target: `${folder}/api.ts`,
      client: thinClient,
      clean: true,
      override: { enumGenerationType: 'union', header: () => ['Generated from openapi.json by `npm run openapi`: do not edit.'] },
    },
  });
}
