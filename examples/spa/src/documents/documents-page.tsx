import { useState } from 'react';
import type { Document } from '@stateless-backend/client';
import { DropZone } from '../uploads/drop-zone';
import { UploadList } from '../uploads/upload-list';
import { go, useQuery } from '../ui/router';
import { DocumentDialog } from './document-dialog';
import { DocumentList } from './document-list';
import type { Filter } from './document-queries';
import { Filters } from './filters';
import { Usage } from './usage';

/** The filter is in the address: it survives a reload and can be passed on. */
const filterOf = (query: URLSearchParams): Filter => ({
  folder: query.get('folder') ?? undefined,
  tag: query.get('tag') ?? undefined,
  status: (query.get('status') as Document['status'] | null) ?? undefined,
});

function show(filter: Filter): void {
  const given = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '');
  go(given.length === 0 ? '/' : `/?${new URLSearchParams(given).toString()}`);
}

export function DocumentsPage() {
  const filter = filterOf(useQuery());
  const [opened, setOpened] = useState<string>();
  return (
    <>
      <h1 className="hidden">Documents</h1>
      <DropZone folder={filter.folder} />
      <UploadList />
      <section aria-labelledby="list-heading">
        <div className="list-head">
          <h2 id="list-heading">{filter.status === 'trashed' ? 'Trash' : 'Your documents'}</h2>
          <Usage />
        </div>
        <Filters filter={filter} onChange={show} />
        <DocumentList key={JSON.stringify(filter)} filter={filter} onOpen={setOpened} onFilter={(change) => show({ ...filter, ...change })} />
      </section>
      {opened && <DocumentDialog id={opened} onClose={() => setOpened(undefined)} />}
    </>
  );
}
