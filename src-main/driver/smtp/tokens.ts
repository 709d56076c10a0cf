import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';

type Handlers = NonNullable<SMTPConnectionOptions['customAuth']>;
type Place = { host: string; port: number };

/** RFC 5801 section 4: what would end the name is written otherwise. */
const saslName = (user: string): string => user.replaceAll('=', '=3D').replaceAll(',', '=2C');

const base64 = (...fields: string[]): string => Buffer.from(`${fields.join('\u0001')}\u0001\u0001`).toString('base64');

/** How a token is handed over: by OAUTHBEARER (RFC 7628), or XOAUTH2, which came before it. `nothing`: what a challenge is answered with. */
const MECHANISMS = {
  OAUTHBEARER: {
    first: (user: string, token: string, { host, port }: Place) =>
      base64(`n,a=${saslName(user)},`, `host=${host}`, `port=${port}`, `auth=Bearer ${token}`),
    nothing: 'AQ==',
  },
  XOAUTH2: {
    first: (user: string, token: string, _place: Place) => base64(`user=${user}`, `auth=Bearer ${token}`),
    nothing: '',
  },
};
type Mechanism = keyof typeof MECHANISMS;

/** The better of those that a server offers, as `PLAIN XOAUTH2`; null: it takes no tokens. */
export const tokenMechanism = (offered: string): Mechanism | null => {
  const names = offered.toUpperCase().split(/[ =]+/);
  return (['OAUTHBEARER', 'XOAUTH2'] as const).find((each) => names.includes(each)) ?? null;
};

/** What the library's `login` takes for a token. */
export const tokenLogin = (mechanism: Mechanism, user: string, token: string, { host, port }: Place) => ({
  user,
  pass: token,
  // By a name that no server has: for one that it knows the library might choose another, and send the token as a password.
  method: 'TOKEN',
  options: { mechanism, host, port },
});

/** A refusal comes as a challenge, whose answer, nothing, brings the refusal itself (RFC 7628 section 3.2.3). */
export const tokenHandlers: Handlers = {
  TOKEN: async (line) => {
    const { user, pass, options } = line.auth.credentials;
    const { mechanism, host, port } = options as Place & { mechanism: Mechanism };
    const { first, nothing } = MECHANISMS[mechanism];
    let reply = await line.sendCommand(`AUTH ${mechanism} ${first(user, pass, { host, port })}`);
    if (reply.status === 334) reply = await line.sendCommand(nothing);
    if (reply.status !== 235) throw new Error('the token was refused');
  },
};
