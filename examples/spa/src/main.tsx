import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { loadConfig } from './config';
import { createServices, ServicesContext } from './services';
import { SharedPage, sharedToken } from './shared/shared-page';
import { StartFailed } from './sign-in/start-failed';
import { Notices } from './ui/notices';
import { go } from './ui/router';
import './styles.css';

const root = createRoot(document.getElementById('root') as HTMLElement);

try {
  const services = createServices(await loadConfig());
  const token = sharedToken(location.pathname);
  if (token === undefined) {
    const path = await services.auth.start();
    if (path !== location.pathname + location.search) go(path, { replace: true });
  }
  root.render(
    <StrictMode>
      <ServicesContext value={services}>
        <QueryClientProvider client={services.queries}>
          <Notices>{token === undefined ? <App /> : <SharedPage token={token} />}</Notices>
        </QueryClientProvider>
      </ServicesContext>
    </StrictMode>,
  );
} catch (error) {
  root.render(<StartFailed error={error} />);
}
