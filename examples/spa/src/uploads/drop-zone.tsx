import { useEffect, useState } from 'react';
import { useServices } from '../services';
import { FilePicker } from './file-picker';

/** Takes files that are dropped anywhere on the page. */
export function DropZone({ folder }: { folder?: string }) {
  const { uploads } = useServices();
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setIsOver(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setIsOver(false);
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setIsOver(false);
      uploads.add(event.dataTransfer?.files ?? [], { folder });
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, [uploads, folder]);
  return (
    <section className={isOver ? 'drop drop-over' : 'drop'} aria-label="Upload">
      <p className="drop-text">{isOver ? 'Let go to upload' : 'Drop files anywhere on this page'}</p>
      <FilePicker label="Choose files to upload" multiple className="button button-main" onFiles={(files) => uploads.add(files, { folder })}>
        Choose files
      </FilePicker>
      {folder && <p className="small quiet">They go to {folder}/</p>}
    </section>
  );
}
