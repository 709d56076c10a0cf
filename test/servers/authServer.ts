import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { TestContext } from 'node:test';
import { type Context, Provider } from 'oidc-provider';
import { comeBackFrom, PERSON_HEADER, type Person } from './oauth/browser.ts';
import { type Memory, memoryIn } from './oauth/memory.ts';
import type { TokenTrouble } from './oauth/trouble.ts';

export type { TokenTrouble } from './oauth/trouble.ts';

/** How an authorisation server is to be; everything has a default. */
export type AuthServerOptions = {
  /** A refresh token is good once, and with one that comes again everything is taken back; default. */
  rotates?: boolean;
  /** Programs may introduce themselves (RFC 7591); default: they may not. */
  registers?: boolean;
  /** In s. */
  tokenLife?: number;
};

/** A real authorisation server on loopback (oidc-provider), and knobs for what can go wrong. */
export type AuthServer = {
  readonly issuer: string;
  /** A program that it knows, which has no secret. */
  readonly clientId: string;
  /** Goes through its pages as a person does; answers where they lead in the end, without going there. */
  comeBack(page: string, person: Person): Promise<URL>;
  /** The same, and goes there: answers what the page there says. */
  visit(page: string, person: Person): Promise<{ status: number; text: string }>;
  /** Whose token it is; null where it is not good (any more). */
  readonly holderOf: (token: string) => Promise<string | null>;
  /** Access tokens end before their time, as all do where a person's password is changed. */
  endTokens(): void;
  /** Everything that was granted is taken back, refresh tokens and all. */
  revoke(): void;
  /** How a mail server asks it whose a token is (RFC 7662). */
  readonly introspection: { url: string; clientId: string; clientSecret: string };
  /** Every token that is, or was, good for something. */
  secrets(): string[];
  /** The next n requests to the token endpoint are met by this. */
  fail(trouble: TokenTrouble, n?: number): void;
  /** Nothing is wrong any more. */
  recover(): void;
  /** What the token endpoint was asked for so far, by grant type. */
  readonly asked: string[];
  stop(): Promise<void>;
};

type Site = { provider: Provider; memory: Memory; troubles: TokenTrouble[]; asked: string[] };

/** The person's two pages in one: who signs in, and whether they agree. */
const interact = async ({ provider }: Site, { req, res }: Context): Promise<void> => {
  const { prompt, session, params } = await provider.interactionDetails(req, res);
  const accountId = String(req.headers[PERSON_HEADER] ?? '');
  if (accountId === '') return provider.interactionFinished(req, res, { error: 'access_denied' });
  if (prompt.name === 'login') return provider.interactionFinished(req, res, { login: { accountId } });
  const grant = new provider.Grant({ accountId: session?.accountId ?? accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope ?? '');
  return provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } });
};

function* endless(): Generator<string, void> {
  for (;;) yield 'x'.repeat(64 * 1024);
}

const suffer = async (context: Context, trouble: TokenTrouble, next: () => Promise<void>): Promise<void> => {
  switch (trouble.kind) {
    case 'say':
      for (const [name, value] of Object.entries(trouble.headers ?? {})) context.set(name, value);
      context.status = trouble.status;
      context.body = trouble.body;
      return;
    case 'lose':
      await next();
      context.respond = false;
      context.req.socket.destroy();
      return;
    case 'hang':
      context.respond = false;
      return;
    case 'huge':
      context.respond = false;
      await pipeline(endless, context.res).catch(() => undefined);
  }
};

const routes =
  (site: Site) =>
  async (context: Context, next: () => Promise<void>): Promise<void> => {
    if (context.path.startsWith('/interaction/')) {
      context.respond = false;
      return interact(site, context);
    }
    if (context.path !== '/token') return next();
    const trouble = site.troubles.shift();
    if (trouble) await suffer(context, trouble, next);
    else await next();
    site.asked.push(context.oidc?.params?.['grant_type'] ?? 'nothing');
  };

const configuration = (memory: Memory, { rotates = true, registers = false, tokenLife = 3600 }: AuthServerOptions) => ({
  adapter: memoryIn(memory),
  clients: [
    {
      client_id: 'tern',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: ['http://127.0.0.1/'],
    },
    {
      client_id: 'desktop',
      client_secret: 'known to everybody',
      application_type: 'native',
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: ['http://127.0.0.1/'],
    },
    {
      client_id: 'mail',
      client_secret: 'of-the-mail-server',
      redirect_uris: [],
      response_types: [],
      grant_types: [],
      token_endpoint_auth_method: 'client_secret_post',
    },
  ],
  scopes: ['openid', 'offline_access', 'urn:ietf:params:oauth:scope:mail'],
  features: {
    devInteractions: { enabled: false },
    registration: { enabled: registers },
    introspection: { enabled: true, allowedPolicy: () => true },
  },
  interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
  findAccount: (_context: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
  renderError: (context: Context, { error }: { error: string }) => {
    context.body = error;
  },
  cookies: { keys: ['for tests'] },
  pkce: { required: () => true },
  rotateRefreshToken: rotates,
  ttl: {
    AccessToken: tokenLife,
    RefreshToken: 30 * 24 * 3600,
    Grant: 30 * 24 * 3600,
    Session: 3600,
    Interaction: 3600,
    IdToken: 3600,
  },
  jwks: {
    keys: [{ ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }), use: 'sig' }],
  },
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
});

/** Starts a server on a free port of 127.0.0.1. */
const startAuthServer = async (options: AuthServerOptions = {}): Promise<AuthServer> => {
  const http = createServer((request, response) => answer(request, response));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const memory: Memory = new Map();
  const provider = new Provider(issuer, configuration(memory, options));
  const site: Site = { provider, memory, troubles: [], asked: [] };
  // Connections that end before their time are what tests do.
  provider.on('error', () => undefined);
  provider.use(routes(site));
  const answer = provider.callback();
  const secrets = new Set<string>();
  for (const kind of ['access_token', 'refresh_token'])
    provider.on(`${kind}.saved`, ({ jti }: { jti: string }) => secrets.add(jti));
  const forget = (kinds: RegExp): void => {
    for (const key of memory.keys()) if (kinds.test(key)) memory.delete(key);
  };
  const comeBack = (page: string, person: Person): Promise<URL> => comeBackFrom(page, person);
  return {
    issuer,
    clientId: 'tern',
    introspection: { url: `${issuer}/token/introspection`, clientId: 'mail', clientSecret: 'of-the-mail-server' },
    comeBack,
    visit: async (page, person) => {
      const answered = await fetch(await comeBack(page, person));
      return { status: answered.status, text: await answered.text() };
    },
    holderOf: async (token) => (await provider.AccessToken.find(token))?.accountId ?? null,
    endTokens: () => forget(/^AccessToken /),
    revoke: () => forget(/^(AccessToken|RefreshToken|Grant) /),
    secrets: () => [...secrets],
    fail: (trouble, n = 1) => void site.troubles.push(...Array.from({ length: n }, () => trouble)),
    recover: () => void (site.troubles.length = 0),
    asked: site.asked,
    stop: async () => {
      if (!http.listening) return;
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };
};

/** A server that ends with the test. */
export const authServerFor = async (t: TestContext, options: AuthServerOptions = {}): Promise<AuthServer> => {
  const server = await startAuthServer(options);
  t.after(() => server.stop());
  return server;
};
