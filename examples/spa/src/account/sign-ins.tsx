import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import type { SignIn } from '@stateless-backend/client';
import { useServices } from '../services';
import { when } from '../ui/format';
import { useSay } from '../ui/notices';
import { ProblemNote } from '../ui/problem-note';
import { deviceOf } from './device';

/** Where the user is signed in, and every way to end it. */
export function SignIns({ email }: { email: string }) {
  const { auth, client } = useServices();
  const list = useInfiniteQuery({
    queryKey: ['sign-ins'],
    queryFn: async ({ pageParam, signal }) => (await client.session.list({ cursor: pageParam }, { signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  // First the API, so that no task takes the tokens any more; then this device forgets them.
  const leaving = useMutation({
    mutationFn: (everywhere: boolean) => (everywhere ? client.session.endAll() : client.session.signOut()),
    onSuccess: () => auth.leave(),
  });
  return (
    <section className="card stack" aria-labelledby="sign-ins">
      <h2 id="sign-ins">Signed in as {email}</h2>
      {list.error && <ProblemNote error={list.error} onRetry={() => void list.refetch()} />}
      <ul className="rows">
        {list.data?.pages.flatMap(({ items }) => items).map((signIn) => <SignInRow key={signIn.id} signIn={signIn} />)}
      </ul>
      {list.hasNextPage && (
        <button type="button" className="button" onClick={() => void list.fetchNextPage()}>
          Load more
        </button>
      )}
      {leaving.error && (
        <>
          <ProblemNote error={leaving.error} onRetry={() => leaving.mutate(leaving.variables)} />
          <button type="button" className="button" onClick={() => void auth.leave()}>
            Leave on this device only
          </button>
        </>
      )}
      <div className="actions">
        <button type="button" className="button" disabled={leaving.isPending} onClick={() => leaving.mutate(false)}>
          Sign out
        </button>
        <button type="button" className="button button-danger" disabled={leaving.isPending} onClick={() => leaving.mutate(true)}>
          Sign out everywhere
        </button>
      </div>
    </section>
  );
}

function SignInRow({ signIn: { id, createdAt, lastSeenAt, userAgent, current } }: { signIn: SignIn }) {
  const { client, queries } = useServices();
  const say = useSay();
  const device = deviceOf(userAgent);
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => client.session.end(id),
    onSuccess: () => {
      say(`Signed out on ${device}.`);
      return queries.invalidateQueries({ queryKey: ['sign-ins'] });
    },
  });
  return (
    <li>
      <span>
        {device} {current && <span className="badge">this one</span>}
        <br />
        <span className="small quiet">
          Since {when(createdAt)} · last seen {when(lastSeenAt)}
        </span>
      </span>
      {!current && (
        <button type="button" className="button button-plain" disabled={isPending} onClick={() => mutate()} aria-label={`End the sign-in on ${device}, since ${when(createdAt)}`}>
          End
        </button>
      )}
      {error && <ProblemNote error={error} onRetry={mutate} />}
    </li>
  );
}
