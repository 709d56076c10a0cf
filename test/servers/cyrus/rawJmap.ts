import type { MailServer } from '../mailServer.ts';

/** One method call of a request, RFC 8620 section 3.2: name, arguments, call id. */
export type MethodCall = [name: string, args: Record<string, unknown>, callId: string];

/** One answer to a method call; its name is `error` when the call failed. */
type MethodResponse = MethodCall;

/** What tests read of the session resource, RFC 8620 section 2. */
export type RawSession = {
  apiUrl: string;
  uploadUrl: string;
  downloadUrl: string;
  eventSourceUrl: string;
  state: string;
  capabilities: Record<string, Record<string, unknown>>;
  accounts: Record<string, { name: string; accountCapabilities: Record<string, unknown> | null }>;
  primaryAccounts: Record<string, string>;
};

/** A JMAP connection without any of Tern in it, for tests and benchmarks to act as 'another client'. */
export type RawJmap = {
  /** The session resource, read anew each time. */
  session(): Promise<RawSession>;
  /** Posts one request; method-level errors come back as responses, anything but HTTP 200 throws. */
  call(methodCalls: MethodCall[], using?: string[]): Promise<MethodResponse[]>;
  /** Posts one method call on the mail account; answers its arguments, or throws when the method failed. */
  ask<T>(name: string, args: Record<string, unknown>): Promise<T>;
  /** Sends any body to the API, to see what becomes of it. */
  post(body: string, headers?: Record<string, string>): Promise<Response>;
  /** Uploads a message to the mail account, RFC 8620 section 6.1. */
  upload(bytes: string | Buffer): Promise<Response>;
  /** Asks for a blob of the mail account, RFC 8620 section 6.2. */
  download(blobId: string, type: string): Promise<Response>;
};

const core = 'urn:ietf:params:jmap:core';
const mail = 'urn:ietf:params:jmap:mail';
const submission = 'urn:ietf:params:jmap:submission';

/** The capabilities that calls need: only who sends uses the one for it, as not every server has it at every moment. */
export const usingOf = (calls: readonly MethodCall[]): string[] =>
  calls.some(([name]) => /^(Identity|EmailSubmission)\//.test(name)) ? [core, mail, submission] : [core, mail];

type Target = Pick<MailServer, 'config' | 'credential'>;

const authorization = ({ credential }: Target): string => {
  if (credential.type === 'bearer') return `Bearer ${credential.token}`;
  if (credential.type === 'oauth') throw new Error('rawJmap cannot sign in by OAuth handle');
  return `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString('base64')}`;
};

const okay = async (response: Response): Promise<Response> => {
  if (response.ok) return response;
  throw new Error(`${response.url}: HTTP ${response.status} ${await response.text()}`);
};

/** Uploads and downloads. */
const blobsOf = (
  server: Target,
  readSession: () => Promise<{ url: string; session: RawSession }>,
  account: () => Promise<string>,
): Pick<RawJmap, 'upload' | 'download'> => {
  const download = async (blobId: string, type: string): Promise<Response> => {
    const { url, session } = await readSession();
    const values: Record<string, string> = { accountId: await account(), blobId, type, name: 'blob' };
    const expanded = session.downloadUrl.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(values[name] ?? ''),
    );
    return fetch(new URL(expanded, url), { headers: { authorization: authorization(server) } });
  };

  const upload = async (bytes: string | Buffer): Promise<Response> => {
    const { url, session } = await readSession();
    const place = session.uploadUrl.replace('{accountId}', await account());
    return fetch(new URL(place, url), {
      method: 'POST',
      headers: { authorization: authorization(server), 'content-type': 'message/rfc822' },
      body: Buffer.from(bytes as string),
    });
  };

  return { upload, download };
};

/** A client for any JMAP server; `server.credential` is read at each request, so a new password counts at once. */
export const rawJmap = (server: Target): RawJmap => {
  let places: Promise<{ api: URL; account: string }> | undefined;

  const readSession = async (): Promise<{ url: string; session: RawSession }> => {
    if (server.config.protocol !== 'jmap') throw new Error('rawJmap needs a JMAP config');
    const response = await okay(
      await fetch(server.config.sessionUrl, { headers: { authorization: authorization(server) } }),
    );
    return { url: response.url, session: (await response.json()) as RawSession };
  };

  const findPlaces = async (): Promise<{ api: URL; account: string }> => {
    const { url, session } = await readSession();
    return { api: new URL(session.apiUrl, url), account: session.primaryAccounts[mail] ?? '' };
  };

  const found = (): Promise<{ api: URL; account: string }> => {
    places ??= findPlaces().catch((error: unknown) => {
      places = undefined;
      throw error;
    });
    return places;
  };

  const post = async (body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch((await found()).api, {
      method: 'POST',
      headers: { authorization: authorization(server), 'content-type': 'application/json', ...headers },
      body,
    });

  const call = async (methodCalls: MethodCall[], using = usingOf(methodCalls)): Promise<MethodResponse[]> => {
    const response = await okay(await post(JSON.stringify({ using, methodCalls })));
    return ((await response.json()) as { methodResponses: MethodResponse[] }).methodResponses;
  };

  const ask = async <T>(name: string, args: Record<string, unknown>): Promise<T> => {
    const [response] = await call([[name, { accountId: (await found()).account, ...args }, '0']]);
    if (response?.[0] !== name) throw new Error(`${name}: ${JSON.stringify(response)}`);
    return response[1] as T;
  };

  const account = async (): Promise<string> => (await found()).account;
  return {
    session: async () => (await readSession()).session,
    call,
    ask,
    post,
    ...blobsOf(server, readSession, account),
  };
};
