import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Command } from './processes.js';

/** The DynamoDB emulator, its data in one SQLite file. */
export function dynamoCommand(dataDir: string, port: number): Command {
  return { name: 'DynamoDB', command: binary(), args: ['serve', '--port', String(port), '--db-path', join(dataDir, 'dynamo.sqlite')] };
}

function binary(): string {
  try {
    const path = join(dirname(createRequire(import.meta.url).resolve('@dynoxide/linux-x64/package.json')), 'dynoxide');
    if (existsSync(path)) return path;
  } catch {
    // Said below.
  }
  throw new Error(
    'The DynamoDB emulator (@dynoxide/linux-x64) is not installed: it is for Linux on x64. Elsewhere run DynamoDB Local and ' +
      'start again with AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000, or use npm run dev -- --localstack.',
  );
}
