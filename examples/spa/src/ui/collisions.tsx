import { useState } from 'react';
import { Dialog } from './dialog';
import type { Collision } from './merge';

interface CollisionsProps<T> {
  what: string;
  collisions: Collision<T>[];
  labels: Record<string, string>;
  onResolve: (choices: Partial<T>) => void;
  onClose: () => void;
}

const show = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : (value as string | undefined)) || '(empty)';

/** What you typed beside what somebody else stored meanwhile. Closing it changes nothing: your text stays in the form. */
export function Collisions<T>({ what, collisions, labels, onResolve, onClose }: CollisionsProps<T>) {
  const [choices, setChoices] = useState<Record<string, 'mine' | 'theirs'>>({});
  const isDecided = collisions.every(({ field }) => choices[field] !== undefined);
  const resolve = () =>
    onResolve(Object.fromEntries(collisions.map(({ field, mine, theirs }) => [field, choices[field] === 'mine' ? mine : theirs])) as Partial<T>);
  return (
    <Dialog title="Somebody changed it meanwhile" onClose={onClose} isWide>
      <p>
        {what} was changed in another window or on another device after you opened it here. Nothing is lost: choose what to keep. All that was changed on
        one side only is kept anyway.
      </p>
      {collisions.map(({ field, mine, theirs }) => (
        <fieldset key={field} className="collision">
          <legend>{labels[field] ?? field}</legend>
          {([['mine', 'You typed', mine], ['theirs', 'Stored meanwhile', theirs]] as const).map(([side, title, value]) => (
            <label key={side} className="choice">
              <input type="radio" name={field} checked={choices[field] === side} onChange={() => setChoices({ ...choices, [field]: side })} />
              <span>
                <span className="small quiet">{title}</span>
                <span className="choice-value">{show(value)}</span>
              </span>
            </label>
          ))}
        </fieldset>
      ))}
      <div className="actions">
        <button type="button" className="button button-main" disabled={!isDecided} onClick={resolve}>
          Save these
        </button>
        <button type="button" className="button" onClick={onClose}>
          Back to the form
        </button>
      </div>
    </Dialog>
  );
}
