import { useEffect, useSyncExternalStore } from 'react';
import { AccountPage } from './account/account-page';
import { DocumentsPage } from './documents/documents-page';
import { ProfilePage } from './profile/profile-page';
import { useServices } from './services';
import type { SignedIn } from './sign-in/auth';
import { EndedDialog } from './sign-in/ended-dialog';
import { SignInPage } from './sign-in/sign-in-page';
import { TasksPage } from './tasks/tasks-page';
import { Connection } from './ui/connection';
import { Link, usePath } from './ui/router';

const PAGES = [
  { path: '/', name: 'Documents', Page: DocumentsPage },
  { path: '/profile', name: 'Profile', Page: ProfilePage },
  { path: '/account', name: 'Account', Page: AccountPage },
  { path: '/tasks', name: 'Tasks', Page: TasksPage },
];

export function App() {
  const { auth, queries, uploads } = useServices();
  const state = useSyncExternalStore(auth.subscribe, () => auth.state);
  const isOut = state.status === 'signed-out';
  useEffect(() => {
    // Nothing of one user may be seen by the next.
    if (!isOut) return;
    queries.clear();
    uploads.close();
  }, [isOut, queries, uploads]);
  if (state.status === 'signed-out') return <SignInPage />;
  return (
    <>
      <Shell user={state.user} />
      {state.status === 'ended' && <EndedDialog email={state.user.email} />}
    </>
  );
}

function Shell({ user }: { user: SignedIn }) {
  const { uploads } = useServices();
  const path = usePath();
  const { Page, name } = PAGES.find((page) => page.path === path) ?? (PAGES[0] as (typeof PAGES)[number]);
  useEffect(() => uploads.open(user.id), [uploads, user.id]);
  useEffect(() => {
    document.title = name === 'Documents' ? name : `${name} · Documents`;
  }, [name]);
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="top">
        <Link href="/" className="brand" aria-label="Documents, home">
          <img src="/icon.svg" alt="" width="28" height="28" />
        </Link>
        <nav aria-label="Pages">
          {PAGES.map((page) => (
            <Link key={page.path} href={page.path} aria-current={page.name === name ? 'page' : undefined}>
              {page.name}
            </Link>
          ))}
        </nav>
        <span className="who quiet small" title={user.email}>
          {user.email}
        </span>
      </header>
      <Connection />
      <main id="main" className="page" tabIndex={-1}>
        <Page key={user.id} user={user} />
      </main>
    </>
  );
}
