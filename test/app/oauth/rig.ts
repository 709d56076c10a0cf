import type { TestContext } from 'node:test';
import { asGrant, type Grant } from '../../../src-main/app/oauth/grant.ts';
import { createOAuth, type OAuth } from '../../../src-main/app/oauth/oauth.ts';
import type { ParsedInput } from '../../../src-shared/contract.ts';
import type { Config, Credential } from '../../../src-shared/model.ts';
import { type AuthServer, type AuthServerOptions, authServerFor } from '../../servers/authServer.ts';
import { type FakeClock, fakeClock } from '../../support/clock.ts';

const none = { host: '127.0.0.1', port: 1, security: 'none' } as const;
const imap: Config = { protocol: 'imap', imap: none, smtp: none };

/** A way to sign in at `issuer`, as discovery finds them. */
export const candidateAt = (
  issuer: string | null,
  config: Config = imap,
): ParsedInput<'accounts.signIn'>['candidate'] => ({
  config,
  username: 'alice@example.test',
  source: 'autoconfig',
  auth: ['oauth'],
  ...(issuer === null ? {} : { issuer }),
});

export type Rig = {
  server: AuthServer;
  clock: FakeClock;
  oauth: OAuth;
  /** Pages that were shown, oldest first. */
  pages: string[];
  /** The next page that is shown. */
  page(): Promise<string>;
  /** Signs in as somebody who does all that they are asked; answers what would be stored. */
  grant(person?: string): Promise<Grant>;
  /** Begins to sign in. */
  begin(signal?: AbortSignal): { signedIn: Promise<Credential>; page: Promise<string> };
};

type Options = AuthServerOptions & { clientId?: string | null; clientSecret?: string };

/** A real authorisation server, and the half of Tern that speaks to it, on a clock that stands still. */
export const rigFor = async (
  t: TestContext,
  { clientId = 'tern', clientSecret, ...options }: Options = {},
): Promise<Rig> => {
  const server = await authServerFor(t, options);
  const clock = fakeClock();
  const pages: string[] = [];
  let shown = Promise.withResolvers<string>();
  const oauth = createOAuth({
    clock,
    clientFor: async () =>
      clientId === null ? null : { clientId, ...(clientSecret === undefined ? {} : { clientSecret }) },
    browse: async (url) => {
      pages.push(url);
      shown.resolve(url);
      shown = Promise.withResolvers();
    },
  });
  t.after(() => oauth.stop());
  const begin: Rig['begin'] = (signal = new AbortController().signal) => {
    const { promise } = shown;
    const signedIn = oauth.signIn({ candidate: candidateAt(server.issuer) }, signal);
    // Where it fails no page comes: whoever waits for one is told.
    const page = Promise.race([promise, signedIn.then(() => '')]);
    page.catch(() => undefined);
    return { signedIn, page };
  };
  return {
    server,
    clock,
    oauth,
    pages,
    page: () => shown.promise,
    begin,
    grant: async (person = 'alice@example.test') => {
      const { signedIn, page } = begin();
      await server.visit(await page, person);
      return storedOf(oauth, await signedIn);
    },
  };
};

/** What would be stored of a credential. */
export const storedOf = (oauth: OAuth, credential: Credential): Promise<Grant> =>
  oauth.withStored(credential, async (stored) => {
    const grant = asGrant(stored);
    if (!grant) throw new Error('not a grant');
    return grant;
  });
