import type { Document } from '@stateless-backend/client';
import { useState, type FormEvent } from 'react';
import { useServices } from '../services';
import { Collisions } from '../ui/collisions';
import { Field } from '../ui/field';
import { patchOf } from '../ui/merge';
import { useSay } from '../ui/notices';
import { ProblemNote } from '../ui/problem-note';
import { fieldErrors, useMergedSave } from '../ui/use-merged-save';

interface Labels {
  name: string;
  folder: string;
  tags: string[];
}

const labelsOf = ({ name, folder = '', tags }: Document): Labels => ({ name, folder, tags });
const NAMES = { name: 'Name', folder: 'Folder', tags: 'Tags' };

/** Rename, move, retag. */
export function LabelsForm({ document, etag }: { document: Document; etag?: string }) {
  const { client, queries } = useServices();
  const say = useSay();
  // What the form was opened with: a later version must not slip in below what is being typed.
  const [base, setBase] = useState({ values: labelsOf(document), etag });
  const [name, setName] = useState(document.name);
  const [folder, setFolder] = useState(document.folder ?? '');
  const [tags, setTags] = useState(document.tags.join(', '));
  const read = async () => {
    const { data, etag: latest } = await client.documents.get(document.id);
    return { values: labelsOf(data), etag: latest };
  };
  const saving = useMergedSave<Labels>({
    base,
    read,
    write: (from, values, ifMatch) => client.documents.patch(document.id, patchOf(from, values), { ifMatch }),
    onSaved: async (values, wasMerged) => {
      say(wasMerged ? 'Saved, together with what was changed meanwhile.' : 'Saved.');
      await queries.invalidateQueries({ queryKey: ['documents'] });
      setName(values.name);
      setFolder(values.folder);
      setTags(values.tags.join(', '));
      setBase(await read());
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const list = [...new Set(tags.split(',').map((tag) => tag.trim()).filter(Boolean))];
    saving.save({ name: name.trim(), folder: folder.trim(), tags: list });
  };
  const errors = fieldErrors(saving.error);
  return (
    <form onSubmit={submit} className="stack">
      <Field label="Name" value={name} onChange={({ target }) => setName(target.value)} error={errors['name']} required maxLength={255} />
      <div className="columns">
        <Field label="Folder" value={folder} onChange={({ target }) => setFolder(target.value)} error={errors['folder']} maxLength={255} hint="Such as invoices/2026" />
        <Field label="Tags" value={tags} onChange={({ target }) => setTags(target.value)} error={errors['tags']} hint="Up to ten, with commas between" />
      </div>
      {saving.error !== null && <ProblemNote error={saving.error} />}
      <div className="actions">
        <button type="submit" className="button button-main" disabled={saving.isSaving}>
          {saving.isSaving ? 'Saving…' : 'Save'}
        </button>
      </div>
      {saving.collisions && (
        <Collisions what={`“${document.name}”`} collisions={saving.collisions} labels={NAMES} onResolve={saving.resolve} onClose={saving.close} />
      )}
    </form>
  );
}
