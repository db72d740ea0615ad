import { useServices } from '../services';

/** The way in: Cognito's own page, or one click for a user of the embedded pool. */
export function SignInPage() {
  const { auth, config } = useServices();
  const { demoUsers = [] } = config;
  return (
    <main className="page page-narrow welcome">
      <img src="/icon.svg" alt="" width="56" height="56" />
      <h1>Documents</h1>
      <p className="lead">Kept in a backend in which any task can die at any moment, and you notice nothing.</p>
      <button type="button" className="button button-main button-large" onClick={() => void auth.signIn()}>
        Sign in
      </button>
      {demoUsers.length > 0 && (
        <section className="card demo" aria-labelledby="demo">
          <h2 id="demo">Or try it as</h2>
          <ul>
            {demoUsers.map((user, index) => (
              <li key={user.email}>
                <button type="button" className="button" onClick={() => void auth.signInAs(user)}>
                  {user.email.split('@')[0]?.replace(/^./, (letter) => letter.toUpperCase())}
                  {index === 0 && <span className="quiet small"> administrator</span>}
                </button>
              </li>
            ))}
          </ul>
          <p className="small quiet">
            Demo users of the embedded pool, with the password <code>{demoUsers[0]?.password}</code>.
          </p>
        </section>
      )}
    </main>
  );
}
