import { useQuery } from '@tanstack/react-query';
import { useServices } from '../services';
import { Dialog } from '../ui/dialog';
import { bytes, when } from '../ui/format';
import { ProblemNote } from '../ui/problem-note';
import { LabelsForm } from './labels-form';
import { documentOf } from './document-queries';
import { Shares } from './shares';
import { Versions } from './versions';

/** All about one document: its name and place, its versions, its links. */
export function DocumentDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { client } = useServices();
  const { data, error, refetch } = useQuery(documentOf(client, id));
  return (
    <Dialog title={data?.document.name ?? 'Document'} onClose={onClose} isWide>
      {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {data && (
        <>
          <p className="small quiet">
            {bytes(data.document.size)} · {data.document.contentType} · uploaded {when(data.document.createdAt)}
          </p>
          <LabelsForm document={data.document} etag={data.etag} />
          <Versions document={data.document} />
          <Shares document={data.document} />
        </>
      )}
    </Dialog>
  );
}
