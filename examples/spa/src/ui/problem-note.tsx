import { useEffect, useState } from 'react';
import { explain } from './explain';

interface ProblemNoteProps {
  error: unknown;
  onRetry?: () => void;
  retryLabel?: string;
}

/** What happened and what to do; with a countdown where waiting helps. */
export function ProblemNote({ error, onRetry, retryLabel = 'Try again' }: ProblemNoteProps) {
  const { title, advice, canRetry, wait, requestId } = explain(error);
  const left = useCountdown(wait ?? 0, error);
  return (
    <div className="note note-problem" role="alert">
      <p>
        <strong>{title}</strong> {advice}
      </p>
      {canRetry && onRetry && (
        <button type="button" className="button" onClick={onRetry} disabled={left > 0}>
          {left > 0 ? `${retryLabel} in ${left} s` : retryLabel}
        </button>
      )}
      {requestId && <p className="small quiet">Request {requestId}</p>}
    </div>
  );
}

/** Seconds left, begun anew with each `subject`. */
export function useCountdown(seconds: number, subject: unknown): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const end = Date.now() + seconds * 1_000;
    const tick = () => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1_000)));
    tick();
    const timer = setInterval(tick, 250);
    return () => clearInterval(timer);
  }, [seconds, subject]);
  return left;
}
