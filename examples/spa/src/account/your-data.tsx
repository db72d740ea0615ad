import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useServices } from '../services';
import { Dialog } from '../ui/dialog';
import { save } from '../ui/download';
import { Field } from '../ui/field';
import { ProblemNote } from '../ui/problem-note';

/** Take everything along, or have it erased. */
export function YourData({ email }: { email: string }) {
  const { client } = useServices();
  const [isErasing, setIsErasing] = useState(false);
  const exporting = useMutation({
    mutationFn: async () => (await client.account.export()).data,
    onSuccess: (data) => save('account.json', JSON.stringify(data, null, 2), 'application/json'),
  });
  return (
    <section className="card stack" aria-labelledby="your-data">
      <h2 id="your-data">Your data</h2>
      <p className="quiet">A file with all that is kept on you, and with addresses of your documents that work for a short while.</p>
      {exporting.error && <ProblemNote error={exporting.error} onRetry={exporting.mutate} />}
      <div className="actions">
        <button type="button" className="button" disabled={exporting.isPending} onClick={() => exporting.mutate()}>
          {exporting.isPending ? 'Collecting…' : 'Export everything'}
        </button>
        <button type="button" className="button button-danger" onClick={() => setIsErasing(true)}>
          Erase my account…
        </button>
      </div>
      {isErasing && <EraseDialog email={email} onClose={() => setIsErasing(false)} />}
    </section>
  );
}

function EraseDialog({ email, onClose }: { email: string; onClose: () => void }) {
  const { auth, client } = useServices();
  const [typed, setTyped] = useState('');
  const erasing = useMutation({ mutationFn: () => client.account.erase(), onSuccess: () => auth.leave() });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    erasing.mutate();
  };
  return (
    <Dialog title="Erase your account" onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p>Your profile, every document with all its versions and links, and your sign-ins are removed. Nobody can bring them back.</p>
        <Field label={`Type ${email} to go on`} value={typed} onChange={({ target }) => setTyped(target.value)} autoComplete="off" />
        {erasing.error && <ProblemNote error={erasing.error} onRetry={erasing.mutate} />}
        <div className="actions">
          <button type="submit" className="button button-danger" disabled={typed !== email || erasing.isPending}>
            {erasing.isPending ? 'Erasing…' : 'Erase everything'}
          </button>
          <button type="button" className="button" onClick={onClose}>
            Keep it
          </button>
        </div>
      </form>
    </Dialog>
  );
}
