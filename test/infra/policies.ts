import type { Block, Configuration, Resource } from './configuration.js';

/** A rule that must hold for the infrastructure, and what breaks it: one line for each breach. */
export interface Policy {
  rule: string;
  breaches(configuration: Configuration): string[];
}

const all = ({ resources }: Configuration, ...types: string[]): Resource[] => resources.filter(({ type }) => types.includes(type));
const where = ({ file, type, name }: Resource): string => `${file}: ${type}.${name}`;
const unless = (holds: (body: Block) => boolean, found: Resource[]): string[] =>
  found.length === 0 ? ['nothing of the kind is declared'] : found.filter(({ body }) => !holds(body)).map(where);
const each = (rule: string, types: string[], holds: (body: Block) => boolean): Policy => ({
  rule,
  breaches: (configuration) => unless(holds, all(configuration, ...types)),
});
const blockOf = (body: Block, name: string): Block => body[name]?.[0] ?? {};

/** The literal number of a variable's default. */
const numberOf = ({ variables }: Configuration, name: string): number =>
  Number(variables.find((variable) => variable.file.startsWith('variables') && variable.name === name)?.body.default);

/** Each `{ … Effect = "Allow" … }` of a role's policy as text: expressions stay unevaluated without a provider. */
function allowStatements({ body }: Resource): string[] {
  const text = typeof body.policy === 'string' ? body.policy : JSON.stringify(body.policy ?? '');
  return text.split(/Effect\s*=\s*/).slice(1).filter((part) => part.startsWith('"Allow"'));
}

function actionsOf(statement: string): string[] {
  const [list = ''] = /Action\s*=\s*(\[[^\]]*\]|"[^"]*")/.exec(statement) ?? [];
  return [...list.matchAll(/"([^"]+)"/g)].map(([, action = '']) => action);
}

const PLATFORM_WIDE = /ecr:GetAuthorizationToken|ec2:CreateNetworkInterface/;

const roles: Policy[] = [
  {
    rule: 'every role names its actions one by one',
    breaches: (c) =>
      all(c, 'aws_iam_role_policy', 'aws_iam_policy')
        .filter((policy) => allowStatements(policy).some((statement) => actionsOf(statement).some((action) => action.includes('*'))))
        .map(where),
  },
  {
    rule: 'no role may act on every resource, but for actions that know none',
    breaches: (c) =>
      all(c, 'aws_iam_role_policy', 'aws_iam_policy')
        .filter((policy) => !policy.file.startsWith('bootstrap'))
        .filter((policy) => allowStatements(policy).some((s) => /Resource\s*=\s*\[?"\*"/.test(s) && !PLATFORM_WIDE.test(s)))
        .map(where),
  },
  {
    rule: 'nobody but the pipeline gets a policy that AWS wrote',
    breaches: (c) => all(c, 'aws_iam_role_policy_attachment').filter(({ file }) => !file.startsWith('bootstrap')).map(where),
  },
  { rule: 'there are no long-lived access keys', breaches: (c) => all(c, 'aws_iam_access_key', 'aws_iam_user').map(where) },
];

const edge: Policy[] = [
  each('stickiness is off', ['aws_lb_target_group'], (body) => blockOf(body, 'stickiness').enabled === false),
  {
    rule: 'no listener binds clients to targets',
    breaches: (c) => all(c, 'aws_lb_listener', 'aws_lb_listener_rule').filter(({ body }) => /"stickiness"/.test(JSON.stringify(body))).map(where),
  },
  each('the balancer drops invalid headers', ['aws_lb'], (body) => body.drop_invalid_header_fields === true),
  each('the balancer can be protected from deletion', ['aws_lb'], (body) => body.enable_deletion_protection === '${var.protected}'),
  {
    rule: 'listeners speak TLS 1.3 or redirect to it',
    breaches: (c) =>
      unless(
        (body) => /^ELBSecurityPolicy-TLS13-1-[23]/.test(body.ssl_policy ?? '') || blockOf(body, 'default_action').type === 'redirect',
        all(c, 'aws_lb_listener'),
      ),
  },
  each('CloudFront speaks TLS 1.2 and up', ['aws_cloudfront_distribution'], (body) => String(blockOf(body, 'viewer_certificate').minimum_protocol_version).startsWith('TLSv1.2_')),
  each('CloudFront has a web ACL', ['aws_cloudfront_distribution'], (body) => body.web_acl_id !== undefined),
  each('readiness decides, not liveness', ['aws_lb_target_group'], (body) => blockOf(body, 'health_check').path === '/health/ready'),
  {
    rule: 'no security group lets the internet in but at the balancer',
    breaches: (c) =>
      all(c, 'aws_vpc_security_group_ingress_rule')
        .filter(({ body, name }) => body.cidr_ipv4 === '0.0.0.0/0' && !name.startsWith('balancer'))
        .map(where),
  },
];

const compute: Policy[] = [
  each('tasks have no public address', ['aws_ecs_service'], (body) => blockOf(body, 'network_configuration').assign_public_ip === false),
  each('a failed deployment is taken back', ['aws_ecs_service'], (body) => blockOf(body, 'deployment_circuit_breaker').rollback === true),
  each('an alarming deployment is taken back', ['aws_ecs_service'], (body) => blockOf(body, 'alarms').rollback === true),
  each('zones are rebalanced', ['aws_ecs_service'], (body) => body.availability_zone_rebalancing === 'ENABLED'),
  each('the scaler owns desired_count', ['aws_ecs_service'], (body) => (blockOf(body, 'lifecycle').ignore_changes ?? []).includes('${desired_count}')),
  each('nobody opens a shell in a task', ['aws_ecs_service'], (body) => body.enable_execute_command === false),
  each('every task definition has its own task role', ['aws_ecs_task_definition'], (body) => /aws_iam_role\.task\[/.test(body.task_role_arn ?? '')),
  {
    rule: 'the stop timeout exceeds the deregistration delay, which covers the drain',
    breaches: (c) => {
      const [stop, delay, drain] = ['stop_timeout', 'deregistration_delay', 'drain_seconds'].map((name) => numberOf(c, name)) as [number, number, number];
      return stop > delay && delay >= drain && stop <= 120 ? [] : [`stop ${stop}, deregistration ${delay}, drain ${drain}`];
    },
  },
  {
    rule: 'the order of timeouts is validated for every value',
    breaches: (c) => {
      const conditions = JSON.stringify(c.variables.find(({ name }) => name === 'stop_timeout')?.body.validation ?? '');
      return conditions.includes('var.stop_timeout > var.deregistration_delay') ? [] : ['variable stop_timeout'];
    },
  },
  {
    rule: 'a task runs in each zone at least, none of them on Spot',
    breaches: (c) => (numberOf(c, 'min_tasks') >= 3 && numberOf(c, 'on_demand_tasks') >= 3 ? [] : ['variables min_tasks, on_demand_tasks']),
  },
];

const data: Policy[] = [
  each('tables are recoverable to any point in time', ['aws_dynamodb_table'], (body) => blockOf(body, 'point_in_time_recovery').enabled === true),
  each('tables can be protected from deletion', ['aws_dynamodb_table'], (body) => body.deletion_protection_enabled === '${var.deletion_protection}'),
  each('tables are encrypted with our key', ['aws_dynamodb_table'], (body) => blockOf(body, 'server_side_encryption').kms_key_arn !== undefined),
  each('tables are on demand with a ceiling', ['aws_dynamodb_table'], (body) => body.billing_mode === 'PAY_PER_REQUEST' && body.on_demand_throughput !== undefined),
  {
    rule: 'every bucket blocks public access in all four ways',
    breaches: (c) => {
      const blocks = all(c, 'aws_s3_bucket_public_access_block');
      const isClosed = (body: Block) =>
        ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'].every((name) => body[name] === true);
      const open = all(c, 'aws_s3_bucket').filter(
        (bucket) => !blocks.some(({ name, file, body }) => name === bucket.name && file === bucket.file && isClosed(body)),
      );
      return open.map(where);
    },
  },
  {
    rule: 'every bucket refuses requests without TLS',
    breaches: (c) => {
      const policies = all(c, 'aws_s3_bucket_policy');
      const isRefused = (bucket: Resource) =>
        policies.some(({ name, file, body }) => name === bucket.name && file === bucket.file && String(body.policy).includes('"aws:SecureTransport" = "false"'));
      return all(c, 'aws_s3_bucket').filter((bucket) => !isRefused(bucket)).map(where);
    },
  },
  {
    rule: 'browsers reach the documents bucket from named origins and see ETag',
    breaches: (c) =>
      unless((body) => {
        const rule = blockOf(body, 'cors_rule');
        return rule.allowed_origins === '${var.spa_origins}' && rule.expose_headers.includes('ETag');
      }, all(c, 'aws_s3_bucket_cors_configuration')),
  },
  each('the key rotates', ['aws_kms_key'], (body) => body.enable_key_rotation === true),
  each('the secret rotates', ['aws_secretsmanager_secret_rotation'], (body) => body.rotation_rules !== undefined),
  each('logs end', ['aws_cloudwatch_log_group'], (body) => body.retention_in_days !== undefined),
  {
    rule: 'the state holds no live secret: what Terraform knows of one is write-only or retired',
    breaches: (c) => all(c, 'aws_secretsmanager_secret_version').filter(({ body }) => body.secret_string !== undefined).map(where),
  },
];

const identity: Policy[] = [
  each('the SPA has no secret', ['aws_cognito_user_pool_client'], (body) => body.generate_secret === false),
  each('the SPA uses the code flow alone', ['aws_cognito_user_pool_client'], (body) => String(body.allowed_oauth_flows) === 'code'),
  each('nobody learns who has an account', ['aws_cognito_user_pool_client'], (body) => body.prevent_user_existence_errors === 'ENABLED'),
  each('refresh tokens rotate', ['aws_cognito_user_pool_client'], (body) => blockOf(body, 'refresh_token_rotation').feature === 'ENABLED'),
];

const housekeeping: Policy[] = [
  {
    rule: 'every variable and output is described, every variable typed',
    breaches: (c) => [
      ...c.variables.filter(({ body }) => !body.description || !body.type).map(({ file, name }) => `${file}: variable ${name}`),
      ...c.outputs.filter(({ body }) => !body.description).map(({ file, name }) => `${file}: output ${name}`),
    ],
  },
  {
    rule: 'every module takes the provider from 5.100 up to, not including, 7',
    breaches: (c) => (c.providers.length === 0 ? ['no required_providers'] : c.providers.filter(({ version }) => version !== '>= 5.100, < 7.0').map(({ file }) => file)),
  },
  {
    rule: 'modules are our own folders',
    breaches: (c) => c.modules.filter(({ body }) => !String(body.source).startsWith('./')).map(({ file, name }) => `${file}: module ${name}`),
  },
];

export const policies: Policy[] = [...roles, ...edge, ...compute, ...data, ...identity, ...housekeeping];
