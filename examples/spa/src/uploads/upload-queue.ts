import { FileChangedError, NetworkError, Problem, type Client, type Upload, type UploadState } from '@stateless-backend/client';
import { isLeaving } from '../ui/download';
import { isSameFile, RememberedUploads, type Remembered } from './remembered';

/** `waiting`: for its turn; `interrupted`: by a reload, until the same file is chosen again. */
export type ItemStatus = 'waiting' | 'preparing' | 'uploading' | 'paused' | 'completing' | 'done' | 'failed' | 'interrupted';

export interface UploadItem {
  id: string;
  name: string;
  size: number;
  status: ItemStatus;
  sent: number;
  error?: unknown;
}

interface Job extends UploadItem {
  file?: File;
  upload?: Upload;
  known?: UploadState;
  folder?: string;
  versionOf?: string;
}

const AT_ONCE = 2;
const RUNNING: ItemStatus[] = ['preparing', 'uploading', 'completing'];

/** The files on their way. Two at a time, each in parts; every one can be paused, resumed and cancelled. */
export class UploadQueue {
  private readonly listeners = new Set<() => void>();
  private jobs: Job[] = [];
  private remembered?: RememberedUploads;
  private shown: UploadItem[] = [];
  private stopping = new AbortController();

  constructor(
    private readonly client: Client,
    private readonly onPublished: () => void,
  ) {
    addEventListener('beforeunload', (event) => {
      if (isLeaving() && this.jobs.some(({ status }) => RUNNING.includes(status))) event.preventDefault();
    });
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  snapshot = (): UploadItem[] => this.shown;

  /** Shows what was interrupted the last time this user was here. */
  open(userId: string): void {
    this.remembered = new RememberedUploads(userId);
    const isKnown = ({ documentId }: Remembered) => this.jobs.some(({ known }) => known?.documentId === documentId);
    const interrupted = this.remembered.all().filter((upload) => !isKnown(upload)).map(jobOf);
    this.jobs = [...interrupted, ...this.jobs];
    this.tell();
  }

  /** Stops everything, for whoever comes next; what has arrived is kept for the same user. */
  close(): void {
    this.jobs = [];
    this.stopping.abort();
    this.stopping = new AbortController();
    this.remembered = undefined;
    this.tell();
  }

  /** Begins uploads; a file whose upload was interrupted goes on where it was. */
  add(files: Iterable<File>, to: { folder?: string; versionOf?: string } = {}): void {
    for (const file of files) {
      const interrupted = this.jobs.find(({ status, name, known }) => status === 'interrupted' && known !== undefined && isSameFile(file, { name, ...known }));
      if (interrupted) Object.assign(interrupted, { file, status: 'waiting' });
      else this.jobs = [{ id: crypto.randomUUID(), name: file.name, size: file.size, status: 'waiting', sent: 0, file, ...to }, ...this.jobs];
    }
    this.next();
  }

  /** Goes on with an interrupted upload, with a file that the user says is the same. */
  continueWith(id: string, file: File): void {
    const job = this.job(id);
    if (!job?.known) return;
    const isSame = isSameFile(file, { name: job.name, ...job.known });
    if (isSame) Object.assign(job, { file, status: 'waiting', error: undefined });
    else job.error = new FileChangedError();
    this.next();
  }

  /** Goes on with an upload that another device or another visit began. */
  adopt({ id: documentId, name, size }: { id: string; name: string; size: number }, file: File): void {
    const job = jobOf({ documentId, name, size });
    this.jobs = [job, ...this.jobs.filter(({ known }) => known?.documentId !== documentId)];
    if (file.size === size) Object.assign(job, { file, status: 'waiting' });
    else job.error = new FileChangedError();
    this.next();
  }

  pause = (id: string): void => this.job(id)?.upload?.pause();

  resume = (id: string): void => this.job(id)?.upload?.resume();

  retry = (id: string): void => {
    const job = this.job(id);
    if (!job?.file) return;
    Object.assign(job, { status: 'waiting', error: undefined, upload: undefined });
    this.next();
  };

  /** Stops it and discards what is stored, or takes a finished one off the list. */
  cancel = async (id: string): Promise<void> => {
    const job = this.job(id);
    if (!job) return;
    this.jobs = this.jobs.filter((other) => other !== job);
    this.tell();
    if (job.status === 'done') return;
    const documentId = job.upload?.state?.documentId ?? job.known?.documentId;
    if (documentId) this.remembered?.forget(documentId);
    try {
      if (job.upload && job.status !== 'failed') await job.upload.abort();
      else if (documentId) await this.client.uploads.abort(documentId);
    } catch (error) {
      if (!Problem.is(error, 'not-found', 'conflict')) this.restore({ ...job, upload: undefined, status: 'failed', error });
    }
    this.onPublished();
    this.next();
  };

  clearDone = (): void => {
    this.jobs = this.jobs.filter(({ status }) => status !== 'done');
    this.tell();
  };

  private next(): void {
    const free = AT_ONCE - this.jobs.filter(({ status }) => RUNNING.includes(status)).length;
    // The oldest first: new ones are put in front.
    const waiting = this.jobs.filter(({ status }) => status === 'waiting').toReversed();
    for (const job of waiting.slice(0, Math.max(0, free))) this.start(job);
    this.tell();
  }

  private start(job: Job): void {
    const { file, name, folder, versionOf, known } = job;
    if (!file) return;
    job.status = 'preparing';
    const upload = this.client.upload(file, {
      name,
      folder,
      versionOf,
      resume: known,
      signal: this.stopping.signal,
      onStatus: (status) => status !== 'aborted' && status !== 'failed' && status !== 'done' && this.change(job, { status }),
      onProgress: ({ sent }) => this.change(job, { sent }),
      onState: (state) => {
        job.known = state;
        this.remembered?.keep({ ...state, name });
      },
    });
    job.upload = upload;
    void upload.done.then(() => this.published(job), (error: unknown) => this.failed(job, error));
  }

  private published(job: Job): void {
    if (job.known) this.remembered?.forget(job.known.documentId);
    this.change(job, { status: 'done', sent: job.size, file: undefined });
    this.onPublished();
    this.next();
  }

  private failed(job: Job, error: unknown): void {
    if (!this.jobs.includes(job)) return;
    // What the service has given up cannot be resumed; what was changed must be uploaded anew.
    const isOver = error instanceof FileChangedError || (error instanceof Problem && ['not-found', 'conflict', 'upload-mismatch'].includes(error.kind));
    if (isOver && job.known) {
      const { documentId } = job.known;
      this.remembered?.forget(documentId);
      void this.client.uploads.abort(documentId).catch(() => {});
      job.known = undefined;
    }
    this.change(job, { status: 'failed', error });
    if (!(error instanceof NetworkError)) this.onPublished();
    this.next();
  }

  private restore(job: Job): void {
    this.jobs = [job, ...this.jobs];
    this.tell();
  }

  private job = (id: string): Job | undefined => this.jobs.find((job) => job.id === id);

  private change(job: Job, changes: Partial<Job>): void {
    Object.assign(job, changes);
    this.tell();
  }

  private tell(): void {
    this.shown = this.jobs.map(({ id, name, size, status, sent, error }) => ({ id, name, size, status, sent, error }));
    for (const listener of this.listeners) listener();
  }
}

const jobOf = ({ name, ...known }: Remembered): Job => ({ id: known.documentId, name, size: known.size, status: 'interrupted', sent: 0, known });
