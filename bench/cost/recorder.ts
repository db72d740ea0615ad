import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { CacheConnection } from '../../src/cache/cache-connection.js';
import { built } from './built.js';

/** What one request asked of its dependencies. Operations by name, such as `{ GetItem: 1 }`. */
export interface Usage {
  dynamodb: Record<string, number>;
  s3: Record<string, number>;
  /** Commands to the cache. */
  cache: number;
  /** DynamoDB request units, as DynamoDB itself counts them. */
  readUnits: number;
  writeUnits: number;
}

const READS = /^(Get|BatchGet|Query|Scan|TransactGet)/;

const nothing = (): Usage => ({ dynamodb: {}, s3: {}, cache: 0, readUnits: 0, writeUnits: 0 });

interface Capacity {
  CapacityUnits?: number;
}

/** Listens on the application's own clients, so that what is counted is what the code really sends. */
export class Recorder {
  private usage = nothing();

  static async of(app: NestFastifyApplication): Promise<Recorder> {
    const recorder = new Recorder();
    recorder.listen(app.get(DynamoDBDocumentClient).middlewareStack, 'dynamodb');
    recorder.listen(app.get(S3Client).middlewareStack, 's3');
    const { CacheConnection: token } = await built<typeof import('../../src/cache/cache-connection.js')>('cache/cache-connection.js');
    const connection = app.get<CacheConnection | undefined>(token, { strict: false });
    if (connection) recorder.countCommands(connection);
    return recorder;
  }

  /** What was asked since the last call. */
  take(): Usage {
    const { usage } = this;
    this.usage = nothing();
    return usage;
  }

  private listen(stack: { add: (...of: any[]) => void }, service: 'dynamodb' | 's3'): void {
    const count = (next: (args: any) => Promise<any>, { commandName }: { commandName: string }) => async (args: any) => {
      // The fence is read by a timer, three times a second and busy task, and belongs to no request.
      if (args.input.Key?.pk === 'cache#fence') return next(args);
      if (service === 'dynamodb') args.input.ReturnConsumedCapacity = 'TOTAL';
      const reply = await next(args);
      const name = commandName.replace(/Command$/, '');
      this.usage[service][name] = (this.usage[service][name] ?? 0) + 1;
      const units = ([reply.output?.ConsumedCapacity ?? []] as Capacity[][]).flat(2).reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
      this.usage[READS.test(name) ? 'readUnits' : 'writeUnits'] += units;
      return reply;
    };
    stack.add(count, { step: 'initialize', name: `record-${service}`, override: true });
  }

  private countCommands(connection: CacheConnection): void {
    const run = connection.run.bind(connection);
    connection.run = ((...args: Parameters<typeof run>) => {
      this.usage.cache += 1;
      return run(...args);
    }) as typeof connection.run;
  }
}
