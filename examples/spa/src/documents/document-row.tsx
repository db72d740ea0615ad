import { useMutation } from '@tanstack/react-query';
import { Problem, type Document } from '@stateless-backend/client';
import { useServices } from '../services';
import { FilePicker } from '../uploads/file-picker';
import { download } from '../ui/download';
import { bytes, when } from '../ui/format';
import { useSay } from '../ui/notices';
import { ProblemNote } from '../ui/problem-note';
import type { Filter } from './document-queries';

interface DocumentRowProps {
  document: Document;
  onOpen: () => void;
  onFilter: (filter: Filter) => void;
}

const REASONS = { aborted: 'upload cancelled', expired: 'never uploaded', mismatch: 'bytes did not match' };

function wordsFor({ status, reason }: Document): string | undefined {
  if (status === 'pending') return 'not uploaded yet';
  return status === 'rejected' ? REASONS[reason ?? 'mismatch'] : undefined;
}

export function DocumentRow({ document, onOpen, onFilter }: DocumentRowProps) {
  const { name, size, createdAt, folder, tags, status } = document;
  const actions = useDocumentActions(document);
  return (
    <li className="document">
      <div className="document-main">
        {status === 'ready' ? (
          <button type="button" className="document-name" onClick={onOpen}>
            {name}
          </button>
        ) : (
          <span className="document-name">{name}</span>
        )}
        <span className="document-facts small quiet">
          {bytes(size)} · <time dateTime={createdAt}>{when(createdAt)}</time>
          {wordsFor(document) && <span className={`badge badge-${status}`}>{wordsFor(document)}</span>}
          {folder && <Chip kind="folder" value={folder} onFilter={() => onFilter({ folder })} />}
          {tags.map((tag) => (
            <Chip key={tag} kind="tag" value={tag} onFilter={() => onFilter({ tag })} />
          ))}
        </span>
        {actions.error !== null && <ProblemNote error={actions.error} />}
      </div>
      <Actions document={document} onOpen={onOpen} actions={actions} />
    </li>
  );
}

const Chip = ({ kind, value, onFilter }: { kind: 'folder' | 'tag'; value: string; onFilter: () => void }) => (
  <button type="button" className="chip" onClick={onFilter} title={`Show only this ${kind}`}>
    <span className="hidden">{kind} </span>
    {kind === 'folder' ? `${value}/` : value}
  </button>
);

function Actions({ document, onOpen, actions }: { document: Document; onOpen: () => void; actions: DocumentActions }) {
  const { uploads } = useServices();
  const { name, status } = document;
  const act = (label: string, onClick: () => void, kind = 'button-quiet') => (
    <button type="button" className={`button ${kind}`} onClick={onClick} disabled={actions.isBusy} aria-label={`${label}: ${name}`}>
      {label}
    </button>
  );
  return (
    <div className="document-actions">
      {status === 'ready' && act('Download', actions.download)}
      {status === 'ready' && act('Details', onOpen)}
      {status === 'pending' && (
        <FilePicker className="button button-quiet" label={`Continue the upload: ${name}`} onFiles={([file]) => file && uploads.adopt(document, file)}>
          Continue…
        </FilePicker>
      )}
      {status === 'pending' && act('Discard', actions.abort, 'button-plain')}
      {(status === 'ready' || status === 'rejected') && act('Trash', actions.trash, 'button-plain')}
      {status === 'trashed' && act('Restore', actions.restore)}
      {status === 'trashed' && act('Delete for good', () => confirm(`Delete “${name}” for good? Nobody can bring it back.`) && actions.remove(), 'button-danger')}
    </div>
  );
}

type DocumentActions = ReturnType<typeof useDocumentActions>;

/** What can be done with a document; each is safe to repeat, so doing it twice never fails. */
export function useDocumentActions({ id, name }: Document) {
  const { client, queries } = useServices();
  const say = useSay();
  const { mutate, error, isPending } = useMutation({
    mutationFn: (action: () => Promise<unknown>) => action().catch((failure: unknown) => {
      if (!Problem.is(failure, 'not-found')) throw failure;
    }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['documents'] }),
  });
  const run = (action: () => Promise<unknown>, done?: () => void) => mutate(action, { onSuccess: done });
  const restore = () => run(() => client.documents.restore(id), () => say(`“${name}” is back.`));
  return {
    error,
    isBusy: isPending,
    download: () => run(async () => download((await client.documents.download(id)).data.url)),
    downloadVersion: (version: string) => run(async () => download((await client.documents.download(id, { version })).data.url)),
    trash: () => run(() => client.documents.remove(id), () => say(`“${name}” went to the trash.`, restore)),
    restore,
    remove: () => run(() => client.documents.remove(id, { permanent: 'true' }), () => say(`“${name}” is gone for good.`)),
    abort: () => run(() => client.uploads.abort(id), () => say(`The upload of “${name}” was discarded.`)),
  };
}
