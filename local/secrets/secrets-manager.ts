import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { join } from 'node:path';
import { AwsError, sha256Hex, verifySignature, type Credentials } from '../sigv4.js';

interface Version {
  id: string;
  value: string;
}

interface Secret {
  current: Version;
  previous?: Version;
}

interface Input {
  Name?: string;
  SecretId?: string;
  SecretString?: string;
  VersionStage?: string;
  ClientRequestToken?: string;
}

/** AWS Secrets Manager's JSON protocol for what the service and its seed call, signatures verified, in one file. */
export async function secretsManagerServer(dataDir: string, credentials: Credentials): Promise<Server> {
  const file = join(dataDir, 'secrets.json');
  const secrets = new Map<string, Secret>(Object.entries(await readFile(file, 'utf8').then((text) => JSON.parse(text) as Record<string, Secret>, () => ({}))));
  const save = async () => {
    await writeFile(`${file}.new`, JSON.stringify(Object.fromEntries(secrets), null, 2), { mode: 0o600 });
    await rename(`${file}.new`, file);
  };
  return createServer((request, response) => {
    answer(request, credentials, secrets, save).then(
      (body) => response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body)),
      (error: unknown) => {
        const { status, code, message } = error instanceof AwsError ? error : new AwsError(500, 'InternalServiceError', String(error));
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify({ __type: code, message }));
      },
    );
  });
}

type Handler = (input: Input, secrets: Map<string, Secret>, save: () => Promise<void>) => Promise<object>;

async function answer(request: IncomingMessage, credentials: Credentials, secrets: Map<string, Secret>, save: () => Promise<void>): Promise<object> {
  const body = await bodyOf(request);
  verifySignature(request, 'secretsmanager', credentials, sha256Hex(body));
  const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
  const handler = OPERATIONS[operation];
  if (!handler) throw new AwsError(400, 'InvalidAction', `${operation} is not offered by the embedded Secrets Manager.`);
  return handler(JSON.parse(body.toString() || '{}') as Input, secrets, save);
}

const OPERATIONS: Partial<Record<string, Handler>> = {
  CreateSecret: async ({ Name = '', SecretString = '', ClientRequestToken = randomUUID() }, secrets, save) => {
    if (secrets.has(Name)) throw new AwsError(400, 'ResourceExistsException', `The secret ${Name} already exists.`);
    secrets.set(Name, { current: { id: ClientRequestToken, value: SecretString } });
    await save();
    return { ARN: arnOf(Name), Name, VersionId: ClientRequestToken };
  },
  GetSecretValue: async ({ SecretId = '', VersionStage = 'AWSCURRENT' }, secrets) => {
    const secret = find(secrets, SecretId);
    const version = VersionStage === 'AWSPREVIOUS' ? secret.previous : secret.current;
    if (!version) throw new AwsError(400, 'ResourceNotFoundException', "Secrets Manager can't find the specified secret value.");
    return { ARN: arnOf(SecretId), Name: SecretId, VersionId: version.id, SecretString: version.value, VersionStages: [VersionStage] };
  },
  PutSecretValue: async ({ SecretId = '', SecretString = '', ClientRequestToken = randomUUID() }, secrets, save) => {
    const { current } = find(secrets, SecretId);
    secrets.set(SecretId, { current: { id: ClientRequestToken, value: SecretString }, previous: current });
    await save();
    return { ARN: arnOf(SecretId), Name: SecretId, VersionId: ClientRequestToken, VersionStages: ['AWSCURRENT'] };
  },
  DescribeSecret: async ({ SecretId = '' }, secrets) => {
    const { current, previous } = find(secrets, SecretId);
    const stages = { [current.id]: ['AWSCURRENT'], ...(previous && { [previous.id]: ['AWSPREVIOUS'] }) };
    return { ARN: arnOf(SecretId), Name: SecretId, VersionIdsToStages: stages };
  },
};

const arnOf = (name: string): string => `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}`;

function find(secrets: Map<string, Secret>, id: string): Secret {
  const secret = secrets.get(id.startsWith('arn:') ? (id.split(':').at(-1) ?? '') : id);
  if (!secret) throw new AwsError(400, 'ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  return secret;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
