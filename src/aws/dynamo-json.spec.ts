import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { replyOf, requestBody } from './dynamo-json.js';

const options = { removeUndefinedValues: true };
/** What the table's items are made of, and what users may put into session data and preferences. */
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }));
const value = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, fc.string({ unit: 'binary' }), number, fc.boolean(), fc.constant(null), fc.array(tie('value')), fc.dictionary(fc.string(), tie('value'))),
})).value;
const item = fc.dictionary(fc.string({ minLength: 1 }), value);

const itemIn = (body: string) => (JSON.parse(body) as { Item: Record<string, never> }).Item;

describe('the body of a request to DynamoDB', () => {
  it('holds what the SDK would write', () => {
    fc.assert(fc.property(item, (it) => {
      expect(itemIn(requestBody({ TableName: 't', Item: it }))).toEqual(JSON.parse(JSON.stringify(marshall(it, options))));
    }));
  });

  it('is read as it was written', () => {
    fc.assert(fc.property(item, (it) => {
      expect(replyOf(requestBody({ Item: it }))).toEqual({ Item: JSON.parse(JSON.stringify(it)) });
    }));
  });

  it('leaves out what is undefined, in items, lists and the request itself', () => {
    const body = requestBody({ TableName: 't', Limit: undefined, Item: { a: undefined, b: [1, undefined, 2], c: { d: undefined } } });
    expect(JSON.parse(body)).toEqual({ TableName: 't', Item: { b: { L: [{ N: '1' }, { N: '2' }] }, c: { M: {} } } });
  });

  it('writes sets, bytes and large integers as the SDK does', () => {
    const it = { set: new Set(['a']), bytes: Uint8Array.of(1, 2), big: 2n ** 70n };
    expect(itemIn(requestBody({ Item: it }))).toEqual({ set: { SS: ['a'] }, bytes: { B: 'AQI=' }, big: { N: String(2n ** 70n) } });
  });

  it.each([[Number.NaN], [Number.POSITIVE_INFINITY], [2 ** 60], [new Date()], [Symbol('s')]])('is refused for what no attribute can hold: %p', (bad) => {
    expect(() => requestBody({ Item: { bad } })).toThrow();
  });

  it('has values where each command has them', () => {
    const key = { id: 'a' };
    const written = { id: { S: 'a' } };
    const put = { TableName: 't', Item: key, ExpressionAttributeValues: { ':v': 1 } };
    const body = requestBody({
      TransactItems: [{ Put: put }, { Update: { Key: key } }, { Delete: { Key: key } }, { ConditionCheck: { Key: key } }],
      RequestItems: { Item: { Keys: [key], ConsistentRead: true }, Key: [{ PutRequest: { Item: key } }, { DeleteRequest: { Key: key } }] },
      ExclusiveStartKey: key,
    });
    expect(JSON.parse(body)).toEqual({
      TransactItems: [
        { Put: { TableName: 't', Item: written, ExpressionAttributeValues: { ':v': { N: '1' } } } },
        { Update: { Key: written } }, { Delete: { Key: written } }, { ConditionCheck: { Key: written } },
      ],
      RequestItems: { Item: { Keys: [written], ConsistentRead: true }, Key: [{ PutRequest: { Item: written } }, { DeleteRequest: { Key: written } }] },
      ExclusiveStartKey: written,
    });
  });
});

describe('a reply of DynamoDB', () => {
  it('has items where each command has them', () => {
    const item = { id: { S: 'a' }, n: { N: '1.5' } };
    const read = { id: 'a', n: 1.5 };
    const reply = replyOf(JSON.stringify({
      Item: item, Attributes: item, Items: [item], LastEvaluatedKey: item, Count: 1,
      Responses: { Item: [item] }, UnprocessedKeys: { Keys: { Keys: [item], ConsistentRead: true } }, ConsumedCapacity: { CapacityUnits: 1 },
    }));
    expect(reply).toEqual({
      Item: read, Attributes: read, Items: [read], LastEvaluatedKey: read, Count: 1,
      Responses: { Item: [read] }, UnprocessedKeys: { Keys: { Keys: [read], ConsistentRead: true } }, ConsumedCapacity: { CapacityUnits: 1 },
    });
    expect(replyOf(JSON.stringify({ Responses: [{ Item: item }, {}] }))).toEqual({ Responses: [{ Item: read }, {}] });
  });

  it('may hold bytes and sets', () => {
    const { Item } = replyOf('{"Item":{"b":{"B":"AQI="},"ss":{"SS":["a"]},"ns":{"NS":["1"]},"bs":{"BS":["AQ=="]}}}');
    expect(Item).toEqual({ b: Buffer.from([1, 2]), ss: new Set(['a']), ns: new Set([1]), bs: new Set([Buffer.from([1])]) });
  });

  it('keeps a member that is called like the prototype to itself', () => {
    const { Item } = replyOf('{"Item":{"data":{"M":{"__proto__":{"M":{"admin":{"BOOL":true}}}}}}}') as { Item: { data: { admin?: boolean } } };
    expect(Object.getPrototypeOf(Item.data)).toBe(Object.prototype);
    expect(Item.data.admin).toBeUndefined();
  });
});
