import { beforeAll, describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { parseSources, readSources, type Configuration, type Sources } from './configuration.js';
import { policies } from './policies.js';

const ROOT = fileURLToPath(new URL('../../infra', import.meta.url));

let sources: Sources;
let configuration: Configuration;

beforeAll(async () => {
  sources = await readSources(ROOT);
  configuration = await parseSources(sources);
});

describe('the infrastructure', () => {
  it.each(policies.map(({ rule, breaches }) => [rule, breaches] as const))('%s', (_, breaches) => {
    expect(breaches(configuration)).toEqual([]);
  });
});

/** Careless changes, and the rule that must speak up. */
const changes: [change: string, rule: string, file: string, from: string | RegExp, to: string][] = [
  ['stickiness turned on', 'stickiness is off', 'balancer.tf', /enabled = false/, 'enabled = true'],
  ['stickiness taken out', 'stickiness is off', 'balancer.tf', /\n {2}stickiness \{[^}]*\}/, ''],
  ['a whole service in a role', 'every role names its actions one by one', 'rotation.tf', '"secretsmanager:DescribeSecret"', '"secretsmanager:*"'],
  ['every action in a role', 'every role names its actions one by one', 'sweeper.tf', '["ecs:RunTask"]', '"*"'],
  ['every resource in a role', 'no role may act on every resource, but for actions that know none', 'rotation.tf', '[aws_elasticache_user.api.arn]', '"*"'],
  ['recovery removed', 'tables are recoverable to any point in time', 'data/tables.tf', /\n {2}point_in_time_recovery \{[^}]*\}/, ''],
  ['recovery turned off', 'tables are recoverable to any point in time', 'data/tables.tf', /(recovery \{\n\s+enabled\s+= )true/, '$1false'],
  ['a stop timeout below the deregistration delay', 'the stop timeout exceeds the deregistration delay, which covers the drain', 'variables-service.tf', 'default     = 90', 'default     = 25'],
  ['the order of timeouts unvalidated', 'the order of timeouts is validated for every value', 'variables-service.tf', 'var.stop_timeout > var.deregistration_delay', 'true'],
  ['public access let in', 'every bucket blocks public access in all four ways', 'data/documents-bucket.tf', 'restrict_public_buckets = true', 'restrict_public_buckets = false'],
  ['an old TLS policy', 'listeners speak TLS 1.3 or redirect to it', 'balancer.tf', 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06', 'ELBSecurityPolicy-2016-08'],
  ['public addresses for tasks', 'tasks have no public address', 'service.tf', 'assign_public_ip = false', 'assign_public_ip = true'],
  ['no rollback', 'a failed deployment is taken back', 'service.tf', /rollback = true/, 'rollback = false'],
  ['desired_count set by Terraform', 'the scaler owns desired_count', 'service.tf', 'ignore_changes = [desired_count]', 'ignore_changes = []'],
  ['a client secret', 'the SPA has no secret', 'identity.tf', /generate_secret\s+= false/, 'generate_secret = true'],
  ['a module of strangers', 'modules are our own folders', 'locals.tf', './data', 'terraform-aws-modules/vpc/aws'],
  ['any origin for the bucket', 'browsers reach the documents bucket from named origins and see ETag', 'data/documents-bucket.tf', 'allowed_origins = var.spa_origins', 'allowed_origins = ["*"]'],
];

describe('a careless change is noticed', () => {
  it.each(changes)('%s: %s', async (_, rule, file, from, to) => {
    const changed = sources[file]!.replace(from, to);
    expect(changed).not.toBe(sources[file]);
    const { breaches } = policies.find((policy) => policy.rule === rule)!;
    expect(breaches(await parseSources({ ...sources, [file]: changed }))).not.toEqual([]);
  });
});
