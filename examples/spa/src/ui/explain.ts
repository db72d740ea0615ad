import { FileChangedError, NetworkError, Problem } from '@stateless-backend/client';
import { bytes } from './format';

export interface Explanation {
  /** What happened. */
  title: string;
  /** What to do about it. */
  advice: string;
  /** Asking again may help. */
  canRetry: boolean;
  /** Seconds until it makes sense. */
  wait?: number;
  requestId?: string;
}

/** Says what happened and what to do, for everything that a call can fail with. */
export function explain(error: unknown): Explanation {
  if (error instanceof FileChangedError) {
    return { title: 'The file changed after its upload began.', advice: 'Nothing was published. Choose it again to upload it as it is now.', canRetry: false };
  }
  if (error instanceof NetworkError) {
    const isOffline = !navigator.onLine;
    return {
      title: isOffline ? 'You are offline.' : 'The service could not be reached.',
      advice: isOffline ? 'Everything you entered is kept. It goes on when you are back.' : 'Everything you entered is kept. Try again in a moment.',
      canRetry: true,
    };
  }
  if (error instanceof Problem) return { ...ofProblem(error), requestId: error.requestId };
  return { title: 'Something went wrong in this app.', advice: error instanceof Error ? error.message : 'Reload the page; what you entered is kept.', canRetry: true };
}

function ofProblem(problem: Problem): Explanation {
  const { kind, message, retryAfter } = problem;
  const say = (title: string, advice: string, canRetry = false) => ({ title, advice, canRetry });
  switch (kind) {
    case 'unauthenticated':
      return say('Your sign-in has ended.', 'Sign in again; what you entered is kept.', true);
    case 'forbidden':
      return say('You may not do this.', 'It takes an administrator.');
    case 'not-found':
      return say('It is not there any more.', 'It was removed meanwhile, perhaps in another window.');
    case 'stale':
    case 'precondition-required':
      return say('Somebody changed it meanwhile.', 'Look at both versions and choose.', true);
    case 'quota-exceeded':
    case 'too-large':
      return say('There is no room for this.', `${message} ${roomOf(problem)}`.trim());
    case 'rate-limited':
      return { ...say('Too many requests at once.', 'Nothing is lost. You can go on in a moment.', true), wait: Math.ceil(retryAfter ?? 1) };
    case 'upload-mismatch':
      return say('The bytes that arrived are not the ones that were promised.', 'Nothing was published. Upload the file again.', true);
    case 'validation':
      return say('Something in it is not right.', problem.errors.map(({ pointer, detail }) => `${pointer.slice(1) || 'It'} ${detail}`).join('; ') || message);
    case 'unavailable':
    case 'internal':
      return { ...say('The service has a problem.', 'Everything you entered is kept. Try again in a moment.', true), ...(retryAfter && { wait: Math.ceil(retryAfter) }) };
    default:
      return say(message, 'Reload the list to see how things are now.', true);
  }
}

/** The numbers of a limit, where the problem names them. */
function roomOf({ document }: Problem): string {
  const { quota, limit, used } = document as unknown as { quota?: string; limit?: number; used?: number };
  if (quota !== 'bytes' || limit === undefined || used === undefined) return 'Delete something for good first.';
  return `${bytes(Math.max(0, limit - used))} are free. Delete something for good first.`;
}
