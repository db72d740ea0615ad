import { useState } from 'react';
import { useServices } from '../services';
import { Dialog } from '../ui/dialog';

/** The sign-in ran out or was ended elsewhere. The page stays as it is behind this; requests wait. */
export function EndedDialog({ email }: { email: string }) {
  const { auth } = useServices();
  const [failure, setFailure] = useState<string>();
  const again = () => void auth.signInAgain().catch((error: Error) => setFailure(error.message));
  return (
    <Dialog title="Your sign-in has ended">
      <p>
        It ran out, or it was ended from another device. What you typed and what is uploading is kept: sign in again as <strong>{email}</strong>, in a
        window of its own, and everything goes on.
      </p>
      {failure && (
        <p className="note note-problem" role="alert">
          The window was closed or could not be opened. Allow this page to open windows and try again. <span className="small">({failure})</span>
        </p>
      )}
      <div className="actions">
        <button type="button" className="button button-main" onClick={again} autoFocus>
          Sign in again
        </button>
        <button type="button" className="button" onClick={() => void auth.leave()}>
          Leave without it
        </button>
      </div>
    </Dialog>
  );
}
