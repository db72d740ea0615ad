import { readFileSync } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { INestApplicationContext } from '@nestjs/common';
import { Config } from '../../src/config/config.js';

export type Program = 'api' | 'sweeper';
/** Actions by the name that infra/task-actions.json gives their resource. */
export type Actions = Record<string, string[]>;

/** What infra/ allows each program to do. */
export const TASK_ACTIONS: Record<Program, Actions> = JSON.parse(readFileSync(new URL('../../infra/task-actions.json', import.meta.url), 'utf8'));

/** One permission that a call needs, as `documents dynamodb:PutItem`. */
export type Permission = `${string} ${string}`;

export const permissionsIn = (actions: Actions): Set<string> =>
  new Set(Object.entries(actions).flatMap(([resource, list]) => list.map((action) => `${resource} ${action}`)));

/** Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3". */
const S3_ACTIONS: Record<string, [resource: 'bucket' | 'objects', action: string][]> = {
  PutObject: [['objects', 's3:PutObject']],
  CreateMultipartUpload: [['objects', 's3:PutObject']],
  UploadPart: [['objects', 's3:PutObject']],
  CompleteMultipartUpload: [['objects', 's3:PutObject']],
  CopyObject: [['objects', 's3:GetObject'], ['objects', 's3:PutObject']],
  AbortMultipartUpload: [['objects', 's3:AbortMultipartUpload']],
  ListParts: [['objects', 's3:ListMultipartUploadParts']],
  GetObject: [['objects', 's3:GetObject']],
  HeadObject: [['objects', 's3:GetObject']],
  DeleteObject: [['objects', 's3:DeleteObject']],
  DeleteObjects: [['objects', 's3:DeleteObject']],
  ListObjectsV2: [['bucket', 's3:ListBucket']],
  ListMultipartUploads: [['bucket', 's3:ListBucketMultipartUploads']],
};

/** Each part of a transaction needs the permission of the single call. Source: Amazon DynamoDB, "Using IAM with transactions". */
const PARTS: Record<string, string> = { Put: 'PutItem', Update: 'UpdateItem', Delete: 'DeleteItem', ConditionCheck: 'ConditionCheckItem', Get: 'GetItem' };

/** The permission to send what a presigned URL says: S3 judges it by the role that signed. */
export function permissionOfUrl(method: string, url: string): Permission {
  const { searchParams } = new URL(url);
  const isUpload = searchParams.has('uploadId');
  const actions: Record<string, string> = {
    GET: isUpload ? 's3:ListMultipartUploadParts' : 's3:GetObject',
    DELETE: isUpload ? 's3:AbortMultipartUpload' : 's3:DeleteObject',
  };
  return `objects ${actions[method] ?? 's3:PutObject'}`;
}

/** Calls back with every permission that the application's own clients need, before they send. What throws there is refused. */
export function watchPermissions(app: INestApplicationContext, onNeeded: (permission: Permission) => void): void {
  const config = app.get(Config);
  const tables = new Map<unknown, string>(
    (['profiles', 'documents', 'sessions', 'idempotency'] as const).map((name) => [config[`${name.toUpperCase()}_TABLE` as 'PROFILES_TABLE'], name]),
  );
  const watch = (client: { middlewareStack: { add: (...of: any[]) => void } }, needed: (name: string, input: any) => Permission[]) =>
    client.middlewareStack.add(
      (next: (args: any) => unknown, { commandName }: { commandName: string }) => async (args: any) => {
        for (const permission of needed(commandName.replace(/Command$/, ''), args.input)) onNeeded(permission);
        return next(args);
      },
      { step: 'initialize', name: 'watch-permissions', override: true },
    );
  watch(app.get(DynamoDBDocumentClient, { strict: false }), (name, input) => tablePermissions(name, input, (table) => tables.get(table) ?? String(table)));
  watch(app.get(S3Client, { strict: false }), (name) => (S3_ACTIONS[name] ?? [['objects', `s3:${name}`]]).map(([resource, action]): Permission => `${resource} ${action}`));
  watch(app.get(SecretsManagerClient, { strict: false }), (name) => [`secret secretsmanager:${name}`]);
}

type Part = Record<string, { TableName?: string }>;

function tablePermissions(name: string, input: any, nameOf: (table: unknown) => string): Permission[] {
  const short = name.replace(/^(TransactWrite|TransactGet|BatchGet|BatchWrite)$/, '$1Item').replace(/^(Get|Put|Update|Delete)$/, '$1Item');
  if (input.TransactItems) {
    return input.TransactItems.flatMap((part: Part) => Object.entries(part).map(([kind, { TableName }]): Permission => `${nameOf(TableName)} dynamodb:${PARTS[kind] ?? kind}`));
  }
  if (input.RequestItems) return Object.keys(input.RequestItems).map((table): Permission => `${nameOf(table)} dynamodb:${short}`);
  return [`${nameOf(input.TableName)} dynamodb:${short}`];
}

/** Refuses, as IAM would, what infra/ does not allow the program. */
export function enforceTaskRole(app: INestApplicationContext, program: Program): void {
  const allowed = permissionsIn(TASK_ACTIONS[program]);
  watchPermissions(app, (permission) => {
    if (allowed.has(permission)) return;
    throw Object.assign(new Error(`infra/task-actions.json does not allow the ${program}: ${permission}`), { name: 'AccessDeniedException' });
  });
}
