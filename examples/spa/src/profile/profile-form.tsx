import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent } from 'react';
import { useServices } from '../services';
import type { SignedIn } from '../sign-in/auth';
import { Collisions } from '../ui/collisions';
import { Field } from '../ui/field';
import { patchOf } from '../ui/merge';
import { useSay } from '../ui/notices';
import { ProblemNote } from '../ui/problem-note';
import { fieldErrors, useMergedSave } from '../ui/use-merged-save';
import { Draft } from './draft';
import { inputOf, LABELS, readProfile, type ProfileFields, type StoredProfile } from './profile-fields';

/** What is typed is kept as a draft until it is saved: over a reload, a lost network, an ended sign-in. */
export function ProfileForm({ user, stored }: { user: SignedIn; stored: StoredProfile }) {
  const { client } = useServices();
  const queries = useQueryClient();
  const say = useSay();
  const [draft] = useState(() => new Draft<StoredProfile>(`profile:${user.id}`));
  const [kept, setKept] = useState(() => draft.read());
  const [base, setBase] = useState<StoredProfile>(kept?.base ?? stored);
  const [values, setValues] = useState<ProfileFields>(kept?.values ?? stored.values);
  const isChanged = Object.keys(patchOf(base.values, values)).length > 0;
  useEffect(() => {
    if (isChanged) draft.write({ base, values });
    else draft.forget();
  }, [draft, base, values, isChanged]);

  const saving = useMergedSave<ProfileFields>({
    base,
    read: () => readProfile(client),
    write: (from, next, etag) =>
      etag === undefined ? client.profiles.put(inputOf(next), { ifNoneMatch: '*' }) : client.profiles.patch(patchOf({ ...from }, { ...next }), { ifMatch: etag }),
    onSaved: async (_values, wasMerged) => {
      say(wasMerged ? 'Saved, together with what was changed meanwhile.' : 'Saved.');
      const latest = await readProfile(client);
      draft.forget();
      setKept(undefined);
      setBase(latest);
      setValues(latest.values);
      queries.setQueryData(['profile', user.id], latest);
    },
  });
  const discard = () => {
    draft.forget();
    setKept(undefined);
    setBase(stored);
    setValues(stored.values);
    saving.forgetError();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.save(values);
  };
  const errors = fieldErrors(saving.error);
  const field = (name: keyof ProfileFields) => ({
    label: LABELS[name],
    name,
    value: values[name],
    error: errors[name],
    onChange: ({ target }: { target: { value: string } }) => setValues({ ...values, [name]: target.value }),
  });
  return (
    <form onSubmit={submit} className="card stack">
      {kept && <p className="note" role="status">What you typed the last time and did not save is still here.</p>}
      <Field {...field('displayName')} required maxLength={100} hint="What others see" autoComplete="nickname" />
      <div className="columns">
        <Field {...field('givenName')} maxLength={100} autoComplete="given-name" />
        <Field {...field('familyName')} maxLength={100} autoComplete="family-name" />
      </div>
      <Field {...field('email')} type="email" maxLength={254} autoComplete="email" />
      <div className="columns">
        <Field {...field('locale')} hint="Such as en-GB" maxLength={35} />
        <Field {...field('timeZone')} hint={`Such as ${Intl.DateTimeFormat().resolvedOptions().timeZone}`} />
      </div>
      <Field {...field('bio')} multiline rows={4} maxLength={1_000} />
      {saving.error !== null && <ProblemNote error={saving.error} onRetry={() => saving.save(values)} />}
      <div className="actions">
        <button type="submit" className="button button-main" disabled={saving.isSaving || !isChanged}>
          {saving.isSaving ? 'Saving…' : 'Save'}
        </button>
        {isChanged && (
          <button type="button" className="button" onClick={discard}>
            Discard changes
          </button>
        )}
      </div>
      {saving.collisions && (
        <Collisions what="Your profile" collisions={saving.collisions} labels={LABELS} onResolve={saving.resolve} onClose={saving.close} />
      )}
    </form>
  );
}
