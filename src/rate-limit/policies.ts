import type { Config, Rate } from '../config/config.js';

/** A budget of requests in any window of `windowSeconds`. */
export interface Policy extends Rate {
  name: 'user' | 'writes' | 'address' | 'guesses';
}

/** What a kind of request is counted in, with the value of its `RateLimit-Policy` header, which never changes. */
export interface PolicySet {
  policies: readonly Policy[];
  header: string;
  /** While this task counts on its own. */
  localHeader: string;
}

/**
 * The draft wants parameters of one's own to carry a prefix. It tells that the quota is per task: the cache that all
 * tasks count in is not there.
 */
const COUNTED_PER_TASK = ';stateless-counted=task';

/** draft-ietf-httpapi-ratelimit-headers-11 §3: an RFC 9651 List of Strings with Parameters. */
function policySet(...policies: Policy[]): PolicySet {
  const items = policies.map(({ name, limit, windowSeconds }) => `"${name}";q=${limit};w=${windowSeconds}`);
  return { policies, header: items.join(', '), localHeader: items.map((item) => item + COUNTED_PER_TASK).join(', ') };
}

/** The budgets of this service. One that could never be the first to run out is not counted. */
export class Policies {
  readonly reads: PolicySet;
  readonly writes: PolicySet;
  /** Where there is no user. */
  readonly anonymous: PolicySet;
  readonly guesses: PolicySet;

  constructor(config: Pick<Config, 'RATE_LIMIT' | 'RATE_LIMIT_WRITES' | 'RATE_LIMIT_ANONYMOUS' | 'RATE_LIMIT_GUESSES'>) {
    const { RATE_LIMIT, RATE_LIMIT_WRITES: writes, RATE_LIMIT_ANONYMOUS, RATE_LIMIT_GUESSES: guesses } = config;
    const user: Policy = { name: 'user', ...RATE_LIMIT };
    const address: Policy = { name: 'address', ...RATE_LIMIT_ANONYMOUS };
    this.reads = policySet(user);
    this.writes = writes ? policySet(user, { name: 'writes', ...writes }) : this.reads;
    this.anonymous = policySet(address);
    this.guesses = guesses ? policySet(address, { name: 'guesses', ...guesses }) : this.anonymous;
  }
}
