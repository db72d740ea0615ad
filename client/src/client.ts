import type { CallOptions, Reply } from './caller.js';
import type { Document, DocumentsListParams, Profile, ProfilesListParams, Session, SessionData, SharesListParams } from './generated/api.schemas.js';
import { account } from './generated/account.js';
import { documents } from './generated/documents.js';
import { health } from './generated/health.js';
import { profiles } from './generated/profiles.js';
import { session } from './generated/session.js';
import { shares } from './generated/shares.js';
import { uploads } from './generated/uploads.js';
import { versions } from './generated/versions.js';
import { items } from './pages.js';
import { Transport, type ClientOptions } from './transport.js';
import { update, type Change } from './update.js';
import { Upload, type UploadOptions } from './upload/upload.js';

/** What of a document its owner can change. */
type DocumentLabels = Pick<Document, 'name' | 'folder' | 'tags'>;
type ProfileFields = Omit<Profile, 'userId' | 'version' | 'createdAt' | 'updatedAt'>;

/** A client of one service for one user. Every call takes a signal and rejects with `Problem`, `NetworkError` or its reason. */
export function createClient(options: ClientOptions) {
  const api = new Transport(options);
  const ofDocuments = documents(api);
  const ofProfiles = profiles(api);
  const ofShares = shares(api);
  const ofSession = session(api);
  return {
    documents: {
      ...ofDocuments,
      /** Every document that matches, page after page. */
      all: (query: DocumentsListParams = {}, call?: CallOptions) => items(ofDocuments.list, query, call),
      /** Reads, changes and writes; again from the start when somebody else was faster. */
      update: (id: string, change: Change<Document, DocumentLabels>, call?: CallOptions): Promise<Document> =>
        update(() => ofDocuments.get(id, call), (patch, ifMatch) => ofDocuments.patch(id, { ...patch }, { ...call, ifMatch }), change, call),
    },
    profiles: {
      ...ofProfiles,
      all: (query: ProfilesListParams = {}, call?: CallOptions) => items(ofProfiles.list, query, call),
      update: (change: Change<Profile, ProfileFields>, call?: CallOptions): Promise<Profile> =>
        update(() => ofProfiles.mine(call), (patch, ifMatch) => ofProfiles.patch({ ...patch }, { ...call, ifMatch }), change, call),
    },
    shares: {
      ...ofShares,
      all: (documentId: string, query: SharesListParams = {}, call?: CallOptions) =>
        items((page: SharesListParams, each) => ofShares.list(documentId, page, each), query, call),
    },
    session: {
      ...ofSession,
      /** Reads, changes and writes the data of this sign-in. */
      update: async (change: Change<SessionData, SessionData>, call?: CallOptions): Promise<SessionData> => {
        const dataOf = (reply: Reply<Session>): Reply<SessionData> => ({ ...reply, data: reply.data.data });
        return update(async () => dataOf(await ofSession.get(call)), async (patch, ifMatch) => dataOf(await ofSession.patch({ ...patch }, { ...call, ifMatch })), change, call);
      },
    },
    account: account(api),
    uploads: uploads(api),
    versions: versions(api),
    health: health(api),
    /** Sends a file: in one piece or in parts, with progress, pause, resume and abort. */
    upload: (file: Blob, how?: UploadOptions): Upload => new Upload(api, file, how),
  };
}

export type Client = ReturnType<typeof createClient>;
