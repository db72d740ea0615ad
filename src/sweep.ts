import { NestFactory } from '@nestjs/core';
import { AccountSweeper } from './accounts/account-sweeper.js';
import { AppModule } from './app.module.js';
import type { Sweeper } from './common/sweeper.js';
import { ConfigError } from './config/config.js';
import { Audit } from './documents/sweep/audit.js';
import { DocumentSweeper } from './documents/sweep/document-sweeper.js';
import { NestLogger } from './telemetry/logging.js';
import { Logs } from './telemetry/logs.js';
import { Metrics } from './telemetry/metrics.js';

/** Every feature's sweeper: what falls due is finished by these. */
const SWEEPERS = { accounts: AccountSweeper, documents: DocumentSweeper } as const;

/** For the last log lines. Milliseconds. */
const FLUSH_MS = 5_000;

const USAGE = `Usage: node dist/sweep.js [--dry-run] [--audit]
  (nothing)  finish what is due: erased accounts, expired uploads, old trash, bytes that nothing needs
  --dry-run  only say what would be done
  --audit    compare the bucket with the tables, print what they disagree about; exits 1 when they do`;

/** The one-off task on a schedule. Exits 0 when all that is due was done, 1 when something is left for the next sweep. */
async function main(flags: string[]): Promise<number> {
  const unknown = flags.filter((flag) => flag !== '--dry-run' && flag !== '--audit');
  if (unknown.length > 0) {
    console.error(USAGE);
    return 2;
  }
  const isAudit = flags.includes('--audit');
  const logs = new Logs(isAudit ? 'warn' : (process.env['LOG_LEVEL'] ?? 'info'));
  const { logger } = logs;
  const app = await NestFactory.createApplicationContext(AppModule.forEnvironment(process.env, logs), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  try {
    if (isAudit) return await audit(app.get(Audit));
    const dryRun = flags.includes('--dry-run');
    const items = app.get(Metrics).counter('stateless.sweep.items', 'What a sweep finished, by outcome; failures are tried again.');
    let failures = 0;
    for (const [feature, type] of Object.entries(SWEEPERS)) {
      const sweeper: Sweeper = app.get(type);
      const report = await sweeper.sweep({ dryRun, onProgress: (step) => logger.info({ feature, dryRun, ...step }) });
      logger.info({ feature, dryRun, ...report }, 'swept');
      for (const [outcome, count] of Object.entries(report)) items.add(count, { feature, outcome });
      failures += report.failures;
    }
    logger.info({ event: 'sweep-finished', dryRun, failures });
    return failures === 0 ? 0 : 1;
  } finally {
    await app.close();
    await logs.end(FLUSH_MS);
  }
}

async function audit(of: Audit): Promise<number> {
  const report = await of.run();
  console.log(JSON.stringify(report, undefined, 2));
  return Object.values(report).every((list) => list.length === 0) ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof ConfigError ? error.message : error);
    process.exit(1);
  },
);
