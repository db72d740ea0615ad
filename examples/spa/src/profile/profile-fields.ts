import type { Client, Profile, ProfileInput } from '@stateless-backend/client';

/** What the form edits, empty text for what is not there. */
export interface ProfileFields {
  displayName: string;
  givenName: string;
  familyName: string;
  email: string;
  locale: string;
  timeZone: string;
  bio: string;
}

export interface StoredProfile {
  values: ProfileFields;
  /** Missing while there is no profile. */
  etag?: string;
}

export const EMPTY: ProfileFields = { displayName: '', givenName: '', familyName: '', email: '', locale: '', timeZone: '', bio: '' };

export const LABELS: Record<keyof ProfileFields, string> = {
  displayName: 'Display name',
  givenName: 'Given name',
  familyName: 'Family name',
  email: 'E-mail',
  locale: 'Language',
  timeZone: 'Time zone',
  bio: 'About you',
};

const fieldsOf = (profile: Profile): ProfileFields =>
  Object.fromEntries(Object.keys(EMPTY).map((name) => [name, profile[name as keyof ProfileFields] ?? ''])) as unknown as ProfileFields;

export async function readProfile(client: Client, signal?: AbortSignal): Promise<StoredProfile> {
  const { data, etag } = await client.profiles.mine({ signal });
  return { values: fieldsOf(data), etag };
}

/** A new profile without its empty fields. */
export const inputOf = (values: ProfileFields): ProfileInput =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')) as unknown as ProfileInput;
