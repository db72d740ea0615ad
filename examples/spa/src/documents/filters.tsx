import type { Document } from '@stateless-backend/client';
import { useEffect, useId, useState } from 'react';
import type { Filter } from './document-queries';

interface FiltersProps {
  filter: Filter;
  onChange: (filter: Filter) => void;
}

const STATUSES: [Document['status'] | '', string][] = [
  ['', 'All but trash'],
  ['ready', 'Ready'],
  ['pending', 'Not uploaded yet'],
  ['rejected', 'Rejected'],
  ['trashed', 'Trash'],
];
const TYPING_MS = 400;

export function Filters({ filter, onChange }: FiltersProps) {
  const id = useId();
  return (
    <form className="filters" role="search" aria-label="Filter documents" onSubmit={(event) => event.preventDefault()}>
      <Typed label="Folder" value={filter.folder} onChange={(folder) => onChange({ ...filter, folder })} />
      <Typed label="Tag" value={filter.tag} onChange={(tag) => onChange({ ...filter, tag })} />
      <div className="field">
        <label htmlFor={id}>Show</label>
        <select id={id} value={filter.status ?? ''} onChange={({ target }) => onChange({ ...filter, status: (target.value || undefined) as Filter['status'] })}>
          {STATUSES.map(([status, label]) => (
            <option key={status} value={status}>
              {label}
            </option>
          ))}
        </select>
      </div>
      {(filter.folder || filter.tag || filter.status) && (
        <button type="button" className="button button-plain" onClick={() => onChange({})}>
          Clear
        </button>
      )}
    </form>
  );
}

interface TypedProps {
  label: string;
  value?: string;
  onChange: (value?: string) => void;
}

/** Asks only when the typing rests. */
function Typed({ label, value = '', onChange }: TypedProps) {
  const id = useId();
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  if (value !== seen) {
    setSeen(value);
    // Changed from outside, and not by what is being typed.
    if (value !== text.trim()) setText(value);
  }
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => onChange(text.trim() || undefined), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} value={text} maxLength={label === 'Tag' ? 50 : 255} onChange={({ target }) => setText(target.value)} placeholder="Any" />
    </div>
  );
}
