/** A client as simple as a browser: it keeps cookies, sends forms, and follows no redirect by itself. */
export const openBrowser = (origin: string) => {
  const cookies = new Map<string, string>();
  const send = async (method: string, path: string, body: string | null, headers: Record<string, string> = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const signedByHeader = headers.authorization !== undefined;
    const answer = await fetch(new URL(path, origin), {
      method,
      body,
      redirect: 'manual',
      headers: { ...(cookie === '' || signedByHeader ? {} : { cookie }), ...headers },
    });
    for (const set of answer.headers.getSetCookie()) {
      const [pair = ''] = set.split(';');
      const at = pair.indexOf('=');
      cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  };
  return {
    send,
    cookie: (name: string) => cookies.get(name),
    get: (path: string, headers?: Record<string, string>) => send('GET', path, null, headers),
    post: (path: string, form: object, headers: Record<string, string> = {}) =>
      send('POST', path, new URLSearchParams(Object.entries(form)).toString(), {
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      }),
    json: (path: string, body: object) =>
      send('POST', path, JSON.stringify(body), { 'content-type': 'application/json' }),
  };
};
