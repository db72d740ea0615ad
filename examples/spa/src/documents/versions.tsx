import { useQuery } from '@tanstack/react-query';
import type { Document } from '@stateless-backend/client';
import { useServices } from '../services';
import { FilePicker } from '../uploads/file-picker';
import { bytes, when } from '../ui/format';
import { useSay } from '../ui/notices';
import { ProblemNote } from '../ui/problem-note';
import { useDocumentActions } from './document-row';

/** Earlier contents, each to download, and the way to a new one. */
export function Versions({ document }: { document: Document }) {
  const { reads, uploads } = useServices();
  const say = useSay();
  const { data, error, refetch } = useQuery(reads.versions(document.id));
  const { downloadVersion } = useDocumentActions(document);
  const begin = (file: File) => {
    uploads.add([file], { versionOf: document.id });
    say(`“${file.name}” goes up as a new version. Readers see the old one until it is verified.`);
  };
  return (
    <section className="part" aria-labelledby="versions">
      <div className="part-head">
        <h3 id="versions">Versions</h3>
        <FilePicker label="Upload a new version" onFiles={([file]) => file && begin(file)}>
          New version
        </FilePicker>
      </div>
      {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      <ol className="rows">
        {data?.map(({ id, version, size, createdAt, current }) => (
          <li key={id}>
            <span>
              {when(createdAt)} · {bytes(size)} {current && <span className="badge">current</span>}
            </span>
            <button type="button" className="button button-plain" onClick={() => downloadVersion(id)} aria-label={`Download version ${version}`}>
              Download
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
