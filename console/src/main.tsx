import { CSPProvider } from '@base-ui/react/csp-provider';
import { Toast } from '@base-ui/react/toast';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { Refused } from './api/ask.ts';
import { createConsoleRouter } from './routes.tsx';
import { SettingsProvider } from './settings.tsx';
import './style/base.css';
import './style/controls.css';
import './style/shell.css';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      // What the API refuses it refuses again; only its silence may pass.
      retry: (failures, error) => error instanceof Refused && error.problem.status === 0 && failures < 2,
    },
  },
});

const place = document.getElementById('root');
if (place === null) throw new Error('the page has no place for the console');
createRoot(place).render(
  <CSPProvider disableStyleElements>
    <QueryClientProvider client={client}>
      <SettingsProvider>
        <Toast.Provider timeout={8_000}>
          <RouterProvider router={createConsoleRouter(client)} />
        </Toast.Provider>
      </SettingsProvider>
    </QueryClientProvider>
  </CSPProvider>,
);
