import { useMutation } from '@tanstack/react-query';
import { Problem } from '@stateless-backend/client';
import { useState, type FormEvent } from 'react';
import { useServices } from '../services';
import { Field } from '../ui/field';
import { download } from '../ui/download';
import { bytes } from '../ui/format';
import { ProblemNote } from '../ui/problem-note';

/** The token of a share link's path. */
export const sharedToken = (path: string): string | undefined => /^\/shared\/([\w-]+)\/?$/.exec(path)?.[1];

/** What somebody who was sent a link sees; nobody has to sign in. Looking counts as no download, only the button does. */
export function SharedPage({ token }: { token: string }) {
  const { client } = useServices();
  const [password, setPassword] = useState('');
  const [isAsked, setIsAsked] = useState(false);
  const opened = useMutation({
    mutationFn: async () => (await (isAsked ? client.shares.unlock(token, { password }) : client.shares.open(token))).data,
    onSuccess: ({ url }) => download(url),
    onError: (error) => Problem.is(error, 'password-required') && setIsAsked(true),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    opened.mutate();
  };
  const { error, data } = opened;
  const isGone = Problem.is(error, 'not-found');
  const isWrong = Problem.is(error, 'wrong-password');
  return (
    <main className="page page-narrow welcome">
      <img src="/icon.svg" alt="" width="56" height="56" />
      <h1>A file was shared with you</h1>
      {isGone ? (
        <p className="note note-problem" role="alert">
          <strong>This link does not work any more.</strong> It has expired, was used up or was taken back. Ask whoever sent it for another.
        </p>
      ) : (
        <form className="card stack" onSubmit={submit}>
          {data && (
            <p role="status">
              <strong>{data.name}</strong> <span className="quiet">{bytes(data.size)}</span> is on its way to your downloads.
            </p>
          )}
          {isAsked && (
            <Field label="Password" type="password" autoComplete="off" value={password} required autoFocus
              onChange={({ target }) => setPassword(target.value)} error={isWrong ? 'That is not the password. Ask whoever sent the link.' : undefined} />
          )}
          {error && !isWrong && !Problem.is(error, 'password-required') && <ProblemNote error={error} onRetry={opened.mutate} />}
          <button type="submit" className="button button-main button-large" disabled={opened.isPending}>
            {opened.isPending ? 'One moment…' : 'Download'}
          </button>
        </form>
      )}
    </main>
  );
}
