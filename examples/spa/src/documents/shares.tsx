import { useMutation, useQuery } from '@tanstack/react-query';
import type { Document, NewShare, Share } from '@stateless-backend/client';
import { useState, type FormEvent } from 'react';
import { useServices } from '../services';
import { Field } from '../ui/field';
import { when } from '../ui/format';
import { useSay } from '../ui/notices';
import { ProblemNote } from '../ui/problem-note';

const DAYS = [1, 3, 7];
const DAY_SECONDS = 24 * 60 * 60;

/** Links that let anybody who has them download the document. */
export function Shares({ document }: { document: Document }) {
  const { reads } = useServices();
  const { data, error, refetch } = useQuery(reads.shares(document.id));
  return (
    <section className="part" aria-labelledby="shares">
      <h3 id="shares">Share by a link</h3>
      <NewShareForm documentId={document.id} />
      {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      <ul className="rows">{data?.map((share) => <ShareRow key={share.id} documentId={document.id} share={share} />)}</ul>
    </section>
  );
}

function NewShareForm({ documentId }: { documentId: string }) {
  const { client, queries } = useServices();
  const [days, setDays] = useState(1);
  const [password, setPassword] = useState('');
  const [limit, setLimit] = useState('');
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: () =>
      client.shares.create(documentId, {
        expiresIn: days * DAY_SECONDS,
        ...(password && { password }),
        ...(limit && { maxDownloads: Number(limit) }),
      }),
    onSuccess: () => {
      setPassword('');
      return queries.invalidateQueries({ queryKey: ['documents', 'shares', documentId] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutate();
  };
  return (
    <form onSubmit={submit} className="stack">
      <div className="columns columns-3">
        <div className="field">
          <label htmlFor="days">Works for</label>
          <select id="days" value={days} onChange={({ target }) => setDays(Number(target.value))}>
            {DAYS.map((count) => (
              <option key={count} value={count}>
                {count === 1 ? 'a day' : `${count} days`}
              </option>
            ))}
          </select>
        </div>
        <Field label="Password" hint="Optional" type="password" autoComplete="new-password" value={password} maxLength={256} onChange={({ target }) => setPassword(target.value)} />
        <Field label="Downloads" hint="Optional limit" type="number" min={1} max={1_000_000} value={limit} onChange={({ target }) => setLimit(target.value)} />
      </div>
      {error && <ProblemNote error={error} onRetry={mutate} />}
      <div className="actions">
        <button type="submit" className="button" disabled={isPending}>
          {isPending ? 'Making the link…' : 'Make a link'}
        </button>
      </div>
      {data && <FreshLink share={data.data} />}
    </form>
  );
}

/** The link opens this app's page for it; the token is told only now. */
function FreshLink({ share }: { share: NewShare }) {
  const say = useSay();
  const link = `${location.origin}/shared/${share.token}`;
  const copy = () => void navigator.clipboard.writeText(link).then(() => say('The link is copied.'), () => say('It could not be copied: select it and copy it by hand.'));
  return (
    <div className="note" role="status">
      <p>The link is shown only now. Copy it before you close this.</p>
      <div className="copy">
        <input readOnly value={link} aria-label="The link" onFocus={({ target }) => target.select()} />
        <button type="button" className="button button-main" onClick={copy}>
          Copy
        </button>
      </div>
    </div>
  );
}

function ShareRow({ documentId, share }: { documentId: string; share: Share }) {
  const { client, queries } = useServices();
  const say = useSay();
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => client.shares.revoke(documentId, share.id),
    onSuccess: () => {
      say('The link is dead.');
      return queries.invalidateQueries({ queryKey: ['documents', 'shares', documentId] });
    },
  });
  const { downloads, maxDownloads, expiresAt, hasPassword } = share;
  return (
    <li>
      <span>
        Until {when(expiresAt)} · {maxDownloads === undefined ? `${downloads} downloads` : `${downloads} of ${maxDownloads} downloads`}
        {hasPassword && <span className="badge">password</span>}
      </span>
      <button type="button" className="button button-plain" disabled={isPending} onClick={() => mutate()} aria-label={`Revoke the link of ${when(share.createdAt)}`}>
        Revoke
      </button>
      {error && <ProblemNote error={error} onRetry={mutate} />}
    </li>
  );
}
