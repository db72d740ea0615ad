import { convertToAttr, convertToNative } from '@aws-sdk/util-dynamodb';

type Fields = Record<string, unknown>;

/** Where attribute values stand in a request or reply: here, in each element, or behind these members (`*`: behind any other). */
interface Shape {
  isAttributes?: true;
  each?: Shape;
  members?: Record<string, Shape>;
}

const attributes: Shape = { isAttributes: true };
const statement: Shape = { members: { Item: attributes, Key: attributes, ExpressionAttributeValues: attributes } };
const keysOrWrites: Shape = {
  members: { Keys: { each: attributes } },
  each: { members: { PutRequest: statement, DeleteRequest: statement } },
};

/** Members of the document commands' inputs (DynamoDB API Reference, "Actions"). */
const request: Shape = {
  members: {
    ...statement.members,
    ExclusiveStartKey: attributes,
    TransactItems: { each: { members: { Put: statement, Update: statement, Delete: statement, ConditionCheck: statement, Get: statement } } },
    RequestItems: { members: { '*': keysOrWrites } },
  },
};
const reply: Shape = {
  members: {
    Item: attributes,
    Attributes: attributes,
    LastEvaluatedKey: attributes,
    Items: { each: attributes },
    Responses: { each: statement, members: { '*': { each: attributes } } },
    UnprocessedKeys: { members: { '*': keysOrWrites } },
    UnprocessedItems: { members: { '*': keysOrWrites } },
  },
};

/** The body that a document command sends. Throws for values that no attribute can hold, as the SDK's `marshall` does. */
export const requestBody = (input: object): string => write(input, request);

/** What a document command resolves to. Throws `SyntaxError` when it is no JSON. */
export const replyOf = (body: string): Fields => read(JSON.parse(body), reply) as Fields;

const inside = (shape: Shape | undefined, name: string): Shape | undefined => shape?.members?.[name] ?? shape?.members?.['*'];

function write(value: unknown, shape: Shape | undefined): string {
  if (shape === undefined) return JSON.stringify(value);
  if (shape.isAttributes) return writeMap(value as Fields);
  if (Array.isArray(value)) return `[${value.map((one) => write(one, shape.each)).join(',')}]`;
  let text = '';
  for (const [name, member] of Object.entries(value as Fields)) {
    if (member !== undefined) text += `${text && ','}${JSON.stringify(name)}:${write(member, inside(shape, name))}`;
  }
  return `{${text}}`;
}

/** Undefined members are left out. */
function writeMap(map: Fields): string {
  let text = '';
  for (const name of Object.keys(map)) {
    const value = map[name];
    if (value !== undefined) text += `${text && ','}${JSON.stringify(name)}:${writeValue(value)}`;
  }
  return `{${text}}`;
}

/** What JSON has too is written here; sets, large numbers, bytes and all that is refused are the SDK's. */
function writeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `{"S":${JSON.stringify(value)}}`;
    case 'boolean':
      return value ? '{"BOOL":true}' : '{"BOOL":false}';
    case 'number':
      if (Number.isSafeInteger(value)) return `{"N":"${value}"}`;
      break;
    case 'object':
      if (value === null) return '{"NULL":true}';
      if (Array.isArray(value)) return `{"L":[${value.filter((one) => one !== undefined).map(writeValue).join(',')}]}`;
      if (isPlain(value)) return `{"M":${writeMap(value as Fields)}}`;
      break;
  }
  return JSON.stringify(convertToAttr(value as Parameters<typeof convertToAttr>[0], { removeUndefinedValues: true }), base64);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

const base64 = (_: string, value: unknown): unknown => (value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value);

function read(value: unknown, shape: Shape | undefined): unknown {
  if (shape === undefined || typeof value !== 'object' || value === null) return value;
  if (shape.isAttributes) return readMap(value as Fields);
  if (Array.isArray(value)) return value.map((one) => read(one, shape.each));
  const members = value as Fields;
  for (const name of Object.keys(members)) members[name] = read(members[name], inside(shape, name));
  return members;
}

/** In place: what `JSON.parse` made belongs to nobody else, and keeps its shape for the engine. */
function readMap(map: Fields): Fields {
  for (const name in map) map[name] = readValue(map[name] as Fields);
  return map;
}

function readValue(value: Fields): unknown {
  for (const type in value) {
    const held = value[type];
    switch (type) {
      case 'S':
      case 'BOOL':
        return held;
      case 'N':
        return Number.isSafeInteger(Number(held)) ? Number(held) : convertToNative(value as never);
      case 'NULL':
        return null;
      case 'M':
        return readMap(held as Fields);
      case 'L':
        return (held as Fields[]).map(readValue);
      case 'B':
        return Buffer.from(held as string, 'base64');
      case 'BS':
        return new Set((held as string[]).map((one) => Buffer.from(one, 'base64')));
    }
    return convertToNative(value as never);
  }
  throw new SyntaxError('An attribute has no type.');
}
