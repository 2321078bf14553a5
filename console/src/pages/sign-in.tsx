import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Refused } from '../api/ask.ts';
import { type Session, signIn } from '../api/session.ts';
import { Mark } from '../widgets/pictures/mark.tsx';
import { ProblemNotice } from '../widgets/problem.tsx';

/** Signs in with a token, or with the code that `attune console` put behind the address. */
export const SignIn = ({
  came,
  why,
  over = false,
}: {
  came: (session: Session) => void;
  why: string | null;
  over?: boolean;
}) => {
  const [token, setToken] = useState('');
  const enter = useMutation({ mutationFn: signIn, onSuccess: came });
  const tried = useRef('');
  const { mutate } = enter;

  useEffect(() => {
    document.title = 'Sign in · Attune';
    const spend = (): void => {
      const code = window.location.hash.slice(1);
      if (window.location.pathname !== '/login' || code === '' || tried.current === code) return;
      tried.current = code;
      // Out of the address at once, so that neither history nor a glance over the shoulder keeps it.
      window.history.replaceState(null, '', '/login');
      mutate({ code });
    };
    spend();
    window.addEventListener('hashchange', spend);
    return () => window.removeEventListener('hashchange', spend);
  }, [mutate]);

  if (!window.isSecureContext) return <NotSecure />;
  return (
    <main className="sign-in">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          mutate({ token: token.trim() });
        }}
      >
        <div className="brand">
          <Mark size={26} />
          <h1>{over ? 'Sign in again' : 'Attune'}</h1>
        </div>
        {why !== null && <p className="muted">{why}</p>}
        {enter.error instanceof Refused && <ProblemNotice error={enter.error} />}
        <div className="field">
          <label htmlFor="token">Token</label>
          <input
            id="token"
            className="input"
            type="password"
            autoComplete="current-password"
            required
            value={token}
            onChange={(event) => setToken(event.target.value)}
          />
        </div>
        <button className="button" data-kind="primary" type="submit" disabled={enter.isPending || token.trim() === ''}>
          {enter.isPending ? 'Signing in' : 'Sign in'}
        </button>
        <p className="muted small">
          On the machine Attune runs on, <code>attune console</code> opens this page signed in. Elsewhere, create a
          token with <code>attune token add</code>.
        </p>
      </form>
    </main>
  );
};

const NotSecure = () => (
  <main className="sign-in">
    <form>
      <div className="brand">
        <Mark size={26} />
        <h1>This address is not secure</h1>
      </div>
      <p className="muted">
        A browser keeps a sign-in only over https or on the machine itself. Give Attune a certificate (
        <code>ATTUNE_TLS_CERT</code> and <code>ATTUNE_TLS_KEY</code>), put a reverse proxy with TLS before it, or reach
        it through a tunnel: <code>ssh -L 8099:127.0.0.1:8099 &lt;host&gt;</code>.
      </p>
    </form>
  </main>
);
