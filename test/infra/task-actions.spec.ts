import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { parse } from '@cdktf/hcl2json';
import { TABLES } from '../../local/tables.js';

const read = (path: string) => readFile(new URL(`../../infra/${path}`, import.meta.url), 'utf8');
const actions: Record<string, Record<string, string[]>> = JSON.parse(await read('task-actions.json'));

describe('the actions of the task roles', () => {
  const programs = Object.entries(actions).flatMap(([program, resources]) =>
    Object.entries(resources).map(([resource, list]) => [program, resource, list] as const),
  );

  it.each(programs)('%s on %s: each named whole, once, in order', (_, __, list) => {
    expect(list.filter((action) => !/^[a-z0-9-]+:[A-Za-z]+$/.test(action))).toEqual([]);
    expect(list).toEqual([...new Set(list)].toSorted());
  });

  it('belong to the service of their resource', () => {
    const services: Record<string, string> = { bucket: 's3', objects: 's3', secret: 'secretsmanager' };
    const strays = programs.flatMap(([, resource, list]) => list.filter((action) => !action.startsWith(`${services[resource] ?? 'dynamodb'}:`)));
    expect(strays).toEqual([]);
  });

  it('never scan, nor change a table, a bucket or a secret itself', () => {
    const all = programs.flatMap(([, , list]) => list);
    expect(all.filter((action) => /Scan|Table|Bucket(Policy|Acl)|PutSecret|DeleteSecret|PutBucket/.test(action))).toEqual([]);
  });
});

describe('the tables in Terraform', () => {
  it('are those of the embedded cloud, key for key and index for index', async () => {
    const { locals } = (await parse('tables.tf', await read('data/tables.tf'))) as any;
    expect(locals[0].tables).toEqual(Object.fromEntries(Object.entries(TABLES).map(([variable, table]) => [roleOf(variable), described(table)])));
  });
});

const roleOf = (variable: string): string => variable.replace('_TABLE', '').toLowerCase();

type Index = { IndexName?: string; KeySchema?: { AttributeName?: string }[] };

function described(table: (typeof TABLES)[string]) {
  const keys = (schema: Index['KeySchema'] = []) => schema.map(({ AttributeName }) => AttributeName);
  const byName = (indexes: Index[] = [], value: (index: Index) => unknown) => Object.fromEntries(indexes.map((index) => [index.IndexName, value(index)]));
  return {
    keys: keys(table.KeySchema),
    attributes: Object.fromEntries((table.AttributeDefinitions ?? []).map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType])),
    global_indexes: byName(table.GlobalSecondaryIndexes, ({ KeySchema }) => keys(KeySchema)),
    local_indexes: byName(table.LocalSecondaryIndexes, ({ KeySchema }) => keys(KeySchema)[1]),
    expires: table.ttl !== undefined,
  };
}
