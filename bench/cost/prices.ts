/**
 * US dollars, us-east-1, on demand, without free tiers and taxes. From AWS's public price pages, which are named; check them before
 * you rely on a sum.
 */
export const PRICES = {
  readOn: '2026-11-25',
  region: 'us-east-1',
  /** aws.amazon.com/dynamodb/pricing/on-demand, as reduced in November 2024. */
  readUnit: 0.125 / 1e6,
  writeUnit: 0.625 / 1e6,
  /** aws.amazon.com/s3/pricing: PUT, COPY, POST and LIST against GET and all others. */
  s3Write: 0.005 / 1e3,
  s3Read: 0.0004 / 1e3,
  /** aws.amazon.com/elasticache/pricing, Serverless for Valkey: a unit is a simple command of up to 1 KB. */
  cacheUnit: 0.0023 / 1e6,
  cacheGbHour: 0.084,
  /** aws.amazon.com/fargate/pricing, Linux on ARM. */
  vcpuHour: 0.03238,
  gbHour: 0.00356,
  /** aws.amazon.com/elasticloadbalancing/pricing, application load balancer. */
  balancerHour: 0.0225,
  capacityUnitHour: 0.008,
  /** aws.amazon.com/cloudwatch/pricing, ingestion of a GB. */
  logGb: 0.5,
  /** aws.amazon.com/ec2/pricing/on-demand, data transfer out to the internet, a GB. */
  transferGb: 0.09,
} as const;

export const HOURS_A_MONTH = 730;
