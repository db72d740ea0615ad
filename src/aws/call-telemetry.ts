import { currentBudget } from '../resilience/budget.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { DependencyGate } from './dependency-gate.js';

interface Args {
  input: { ReturnConsumedCapacity?: string };
}
interface Result {
  output: { $metadata?: { attempts?: number }; ConsumedCapacity?: Capacity | Capacity[] };
}
interface Capacity {
  TableName?: string;
  CapacityUnits?: number;
}
interface Client {
  middlewareStack: { add(middleware: (next: (args: Args) => Promise<Result>, context: { commandName?: string }) => (args: Args) => Promise<Result>, options: object): void };
}

/** Errors by which a service says that it was asked too much. */
const THROTTLED = /Throttl|ProvisionedThroughput|RequestLimit|TooManyRequests|SlowDown/;

/** Measures every call of a client, in one place of the SDK: span, duration, attempts, throttling, DynamoDB's consumed capacity. */
export function measureCalls(client: object, service: string, gate: DependencyGate, metrics: Metrics): void {
  if (!metrics.isOn) return;
  const duration = metrics.histogram('aws.call.duration', 'Seconds of a call to an AWS service, all attempts together.');
  const attempts = metrics.counter('aws.attempts', 'Attempts at calls: more than 1.3 for each call says that a service is in trouble.');
  const throttled = metrics.counter('aws.throttled', 'Calls that failed because the service was asked too much.');
  const capacity = metrics.counter('aws.dynamodb.consumed_capacity', 'Capacity units that DynamoDB counted.');
  metrics.gauge('stateless.bulkhead.active', 'Attempts under way.', () => gate.bulkhead.active, { service });
  metrics.gauge('stateless.bulkhead.waiting', 'Attempts that wait for a place.', () => gate.bulkhead.waiting, { service });
  (client as Client).middlewareStack.add(
    (next, { commandName = 'unknown' }) =>
      async (args) => {
        const labels = { service, command: commandName.replace(/Command$/, '') };
        const span = currentBudget()?.span?.child(`${service} ${labels.command}`, labels);
        const began = performance.now();
        const done = (tries: number, error?: string) => {
          duration.record((performance.now() - began) / 1_000, error === undefined ? labels : { ...labels, error });
          attempts.add(tries, labels);
          span?.end({ attempts: tries }, error);
        };
        const input = service === 'dynamodb' ? { ...args.input, ReturnConsumedCapacity: 'TOTAL' } : args.input;
        try {
          const result = await next({ ...args, input });
          done(result.output.$metadata?.attempts ?? 1);
          for (const used of [result.output.ConsumedCapacity ?? []].flat()) {
            capacity.add(used.CapacityUnits ?? 0, { table: used.TableName ?? '', command: labels.command });
          }
          return result;
        } catch (error) {
          const { name = 'unknown', $metadata } = error as { name?: string; $metadata?: { attempts?: number } };
          done($metadata?.attempts ?? 1, name);
          if (THROTTLED.test(name)) throttled.add(1, labels);
          throw error;
        }
      },
    { step: 'initialize', name: 'measureCalls' },
  );
}
