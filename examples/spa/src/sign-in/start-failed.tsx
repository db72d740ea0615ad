/** The app could not begin: no configuration, or a sign-in that came back with an error. */
export const StartFailed = ({ error }: { error: unknown }) => (
  <main className="page page-narrow">
    <h1>This did not work</h1>
    <div className="note note-problem" role="alert">
      <p>
        <strong>{location.pathname === '/callback' ? 'The sign-in could not be finished.' : 'The app could not start.'}</strong>{' '}
        {error instanceof Error ? error.message : String(error)}
      </p>
      <a className="button" href="/">
        Start again
      </a>
    </div>
  </main>
);
