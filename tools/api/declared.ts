import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { breakingChanges } from './breaking-changes.js';
import type { Description } from './description.js';

export const DECLARATIONS = 'docs/api-changes.md';

const git = (...args: string[]): string | undefined => {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 2 ** 26 }).trim();
  } catch {
    return undefined;
  }
};

/** The description before this change: that of the merge base with main, or of the commit before when this is main. */
export function formerDescription(): { commit: string; description: Description } | undefined {
  const head = git('rev-parse', 'HEAD');
  const base = git('merge-base', 'HEAD', 'origin/main') ?? git('merge-base', 'HEAD', 'main');
  const commit = base === undefined || base === head ? git('rev-parse', 'HEAD~1') : base;
  const text = commit === undefined ? undefined : git('show', `${commit}:openapi.json`);
  return commit !== undefined && text !== undefined ? { commit, description: JSON.parse(text) as Description } : undefined;
}

/** Breaking changes that neither a new version nor a line of `docs/api-changes.md` declares. */
export function undeclared(former: Description, current: Description): string[] {
  if (former.info.version !== current.info.version) return [];
  const declared = existsSync(DECLARATIONS) ? readFileSync(DECLARATIONS, 'utf8').split('\n').map((line) => line.replace(/^- /, '').trim()) : [];
  return breakingChanges(former, current).filter((change) => !declared.includes(change));
}
