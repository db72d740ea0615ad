import { useQuery } from '@tanstack/react-query';
import { Problem } from '@stateless-backend/client';
import { useServices } from '../services';
import type { SignedIn } from '../sign-in/auth';
import { ProblemNote } from '../ui/problem-note';
import { ProfileForm } from './profile-form';
import { EMPTY, readProfile } from './profile-fields';

export function ProfilePage({ user }: { user: SignedIn }) {
  const { client } = useServices();
  const { data, error, refetch } = useQuery({
    queryKey: ['profile', user.id],
    // Nothing yet is an answer, too.
    queryFn: ({ signal }) =>
      readProfile(client, signal).catch((failure: unknown) => {
        if (Problem.is(failure, 'not-found')) return { values: EMPTY, etag: undefined };
        throw failure;
      }),
    staleTime: Infinity,
    gcTime: 0,
  });
  return (
    <>
      <h1>Profile</h1>
      {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {data && <ProfileForm user={user} stored={data} />}
      {!data && !error && <p className="quiet">Loading…</p>}
    </>
  );
}
