import type { Dependency, Fault } from '../../../src/docs/degradation.js';
import type { HttpFault } from '../proxies/http-proxy.js';
import { refusingCommands } from '../proxies/redis-errors.js';
import type { TcpFault } from '../proxies/tcp-proxy.js';
import type { Dependencies } from '../world/dependencies.js';

const SLOW_MS = 300;

const HTTP: Record<Exclude<Fault, 'readonly'>, HttpFault> = {
  slow: { kind: 'slow', ms: SLOW_MS },
  hung: { kind: 'hang' },
  errors: { kind: 'error' },
  throttled: { kind: 'throttled' },
  replyLost: { kind: 'lose-reply' },
  reset: { kind: 'reset' },
};

const CACHE: Record<Exclude<Fault, 'readonly'>, TcpFault> = {
  slow: { kind: 'slow', ms: SLOW_MS },
  hung: { kind: 'hang' },
  errors: { kind: 'answer', answer: refusingCommands('ERR internal error') },
  throttled: { kind: 'answer', answer: refusingCommands('ERR max number of clients reached') },
  replyLost: { kind: 'lose-replies' },
  reset: { kind: 'reset' },
};

const PROXIES = { dynamodb: 'dynamodb', s3: 's3', jwks: 'jwks', secretsManager: 'secrets', cognito: 'cognito' } as const;

/** Makes one dependency misbehave until the returned function is called. */
export async function begin(dependencies: Dependencies, dependency: Dependency, fault: Fault): Promise<() => Promise<void>> {
  if (dependency === 'cache') {
    const { cache } = dependencies;
    if (fault === 'readonly') await cache.demote();
    else cache.proxy.inject(CACHE[fault]);
    return async () => {
      if (fault === 'readonly') await cache.promote();
      else await cache.proxy.heal();
    };
  }
  if (fault === 'readonly') throw new Error(`${dependency} cannot be readonly`);
  const proxy = dependencies[PROXIES[dependency]];
  proxy.inject({ fault: HTTP[fault] });
  return () => proxy.heal();
}
