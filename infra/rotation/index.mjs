// Entry point in Lambda, whose runtime brings the AWS SDK.
import { DescribeUsersCommand, ElastiCacheClient, ModifyUserCommand } from '@aws-sdk/client-elasticache';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { rotation } from './rotation.mjs';

const secrets = new SecretsManagerClient();
const cache = new ElastiCacheClient();
const userId = process.env.CACHE_USER_ID;

export const handler = rotation({
  describe: (id) => secrets.send(new DescribeSecretCommand({ SecretId: id })),
  read: async (id, version) => {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: id, ...version }));
    return JSON.parse(SecretString);
  },
  write: (id, value, stage, token) =>
    secrets.send(
      new PutSecretValueCommand({
        SecretId: id,
        SecretString: JSON.stringify(value),
        VersionStages: [stage],
        ClientRequestToken: token,
      }),
    ),
  promote: (id, to, from) =>
    secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId: id,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: to,
        RemoveFromVersionId: from,
      }),
    ),
  setCachePasswords: async (passwords) => {
    const ready = async () => (await cache.send(new DescribeUsersCommand({ UserId: userId }))).Users?.[0]?.Status === 'active';
    await cache.send(
      new ModifyUserCommand({ UserId: userId, AuthenticationMode: { Type: 'password', Passwords: passwords } }),
    );
    for (let attempt = 0; attempt < 20 && !(await ready()); attempt += 1) await wait(3_000);
  },
  random: (encoding) => randomBytes(32).toString(encoding),
  wait,
});
