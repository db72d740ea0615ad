import { useSyncExternalStore } from 'react';
import { useServices } from '../services';
import { explain } from '../ui/explain';
import { bytes, percent } from '../ui/format';
import { Progress } from '../ui/meter';
import { ProblemNote } from '../ui/problem-note';
import { useIsOnline } from '../ui/connection';
import { FilePicker } from './file-picker';
import type { UploadItem } from './upload-queue';

/** Every file on its way, with what can be done about it. */
export function UploadList() {
  const { uploads } = useServices();
  const items = useSyncExternalStore(uploads.subscribe, uploads.snapshot);
  if (items.length === 0) return null;
  const done = items.filter(({ status }) => status === 'done').length;
  return (
    <section className="card uploads" aria-labelledby="uploads-heading">
      <div className="uploads-head">
        <h2 id="uploads-heading">Uploads</h2>
        {done > 0 && (
          <button type="button" className="button button-plain" onClick={uploads.clearDone}>
            Clear finished
          </button>
        )}
      </div>
      <ul>
        {items.map((item) => (
          <UploadRow key={item.id} item={item} />
        ))}
      </ul>
      <p className="hidden" role="status">
        {done} of {items.length} uploads finished.
      </p>
    </section>
  );
}

function UploadRow({ item }: { item: UploadItem }) {
  const { uploads } = useServices();
  const isOnline = useIsOnline();
  const { id, name, size, status, sent, error } = item;
  const part = status === 'done' ? 100 : percent(sent, size);
  const text = isOnline || status === 'done' ? wordsOf(item) : 'Waiting for the network';
  const act = (label: string, onClick: () => void, kind = '') => (
    <button type="button" className={`button ${kind}`} onClick={onClick} aria-label={`${label}: ${name}`}>
      {label}
    </button>
  );
  return (
    <li className={`upload upload-${status}`}>
      <div className="upload-main">
        <span className="upload-name">{name}</span>
        <span className="small quiet upload-text">{text}</span>
        <Progress label={`Upload of ${name}`} percent={part} text={text} />
      </div>
      <div className="upload-actions">
        {(status === 'uploading' || status === 'preparing') && act('Pause', () => uploads.pause(id))}
        {status === 'paused' && act('Resume', () => uploads.resume(id))}
        {status === 'interrupted' && (
          <FilePicker label={`Choose ${name} again to go on`} onFiles={([file]) => file && uploads.continueWith(id, file)}>
            Choose again
          </FilePicker>
        )}
        {status !== 'done' && status !== 'completing' && act('Cancel', () => void uploads.cancel(id), 'button-plain')}
        {status === 'done' && act('Dismiss', () => void uploads.cancel(id), 'button-plain')}
      </div>
      {error !== undefined && <ProblemNote error={error} onRetry={status === 'failed' && explain(error).canRetry ? () => uploads.retry(id) : undefined} />}
    </li>
  );
}

function wordsOf({ status, sent, size, error }: UploadItem): string {
  switch (status) {
    case 'waiting':
      return `Waiting for its turn · ${bytes(size)}`;
    case 'preparing':
      return `Preparing · ${bytes(size)}`;
    case 'uploading':
      return `${percent(sent, size)} % of ${bytes(size)}`;
    case 'paused':
      return `Paused at ${percent(sent, size)} % of ${bytes(size)}`;
    case 'completing':
      return 'Verifying';
    case 'done':
      return `Finished · ${bytes(size)}`;
    case 'failed':
      return `Stopped at ${percent(sent, size)} % of ${bytes(size)}`;
    case 'interrupted':
      return error === undefined ? `Interrupted · ${bytes(size)} · what has arrived is kept` : `Interrupted · ${bytes(size)}`;
  }
}
