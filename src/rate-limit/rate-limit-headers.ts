import { AppError } from '../common/app-error.js';
import type { PolicySet } from './policies.js';
import type { Verdict } from './rate-limits.js';

const seconds = (ms: number): number => Math.max(0, Math.ceil(ms / 1_000));

/** `RateLimit` and `RateLimit-Policy`, draft-ietf-httpapi-ratelimit-headers-11: what is left (`r`), and seconds until more is (`t`). */
export function rateLimitHeaders({ budgets, isLocal }: Verdict, set: PolicySet): Record<string, string> {
  let state = '';
  for (const { policy, remaining, waitMs } of budgets) {
    state += `${state && ', '}"${policy.name}";r=${remaining};t=${seconds(waitMs)}`;
  }
  return { 'ratelimit-policy': isLocal ? set.localHeader : set.header, ratelimit: state };
}

/** What a refused request is answered. A client that waits for `Retry-After` finds room. */
export function refusalOf({ budgets }: Verdict): AppError {
  const violated = budgets.filter(({ remaining }) => remaining === 0);
  const wait = Math.max(1, ...violated.map(({ waitMs }) => seconds(waitMs)));
  return new AppError('rate-limited', `Too many requests. Try again in ${wait} s.`, {
    headers: { 'Retry-After': String(wait) },
    // The member that the draft's own problem types carry.
    extra: { 'violated-policies': violated.map(({ policy }) => policy.name) },
  });
}
