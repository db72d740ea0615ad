import { useQuery } from '@tanstack/react-query';
import { useServices } from '../services';
import type { SignedIn } from '../sign-in/auth';
import { bytes, percent } from '../ui/format';
import { Meter } from '../ui/meter';
import { ProblemNote } from '../ui/problem-note';
import { SignIns } from './sign-ins';
import { YourData } from './your-data';

export function AccountPage({ user }: { user: SignedIn }) {
  return (
    <>
      <h1>Account</h1>
      <SignIns email={user.email} />
      <Room />
      <YourData email={user.email} />
    </>
  );
}

/** What is used of each limit. */
function Room() {
  const { reads } = useServices();
  const { data, error, refetch } = useQuery(reads.usage());
  const rows = data && [
    { name: 'Bytes', part: data.bytes, whole: data.limits.bytes, show: bytes },
    { name: 'Documents', part: data.documents, whole: data.limits.documents, show: (count: number) => count.toLocaleString() },
  ];
  return (
    <section className="card stack" aria-labelledby="room">
      <h2 id="room">Room</h2>
      {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {rows?.map(({ name, part, whole, show }) => {
        const text = `${show(part)} of ${show(whole)}`;
        return (
          <div key={name} className="usage">
            <span>
              {name} <span className="quiet small">{text}</span>
            </span>
            <Meter label={name} percent={percent(part, whole)} text={text} />
          </div>
        );
      })}
      {data && (
        <p className="small quiet">
          One file may have {bytes(data.limits.fileBytes)}, and {data.limits.pendingUploads} uploads may be under way at a time. The trash counts until it is emptied.
        </p>
      )}
    </section>
  );
}
