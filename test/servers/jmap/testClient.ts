import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import * as z from 'zod';
import { type JmapServer, type JmapServerOptions, startJmapServer } from '../jmapServer.ts';

/** Name of the core capability. */
export const core = 'urn:ietf:params:jmap:core';
/** Name of the mail capability. */
export const mail = 'urn:ietf:params:jmap:mail';
/** Name of the submission capability. */
export const submission = 'urn:ietf:params:jmap:submission';
/** The value of Authorization for alice (RFC 7617). */
export const basic = (password = 'secret') =>
  `Basic ${Buffer.from(`alice@example.test:${password}`).toString('base64')}`;

/** Any JSON object. */
export const fields = z.looseObject({});
const responseSchema = z.object({
  methodResponses: z.array(z.tuple([z.string(), fields, z.string()])),
  sessionState: z.string(),
});
const changesSchema = z.object({
  oldState: z.string(),
  newState: z.string(),
  hasMoreChanges: z.boolean(),
  created: z.array(z.string()),
  updated: z.array(z.string()),
  destroyed: z.array(z.string()),
  updatedProperties: z.array(z.string()).nullish(),
});
/** The answer of Foo/get (RFC 8620 section 5.1). */
export const getSchema = z.object({ state: z.string(), list: z.array(fields), notFound: z.array(z.string()) });
/** The answer of Foo/query (RFC 8620 section 5.5). */
export const querySchema = z.object({
  ids: z.array(z.string()),
  position: z.int(),
  total: z.int().optional(),
  limit: z.int().optional(),
});
const errorSchema = z.looseObject({ type: z.string() });

/** Arguments of a call. */
export type Args = Record<string, unknown>;
/** A call: method, arguments, id. */
export type Call = [string, Args, string?];

/** A server that stops with the test. */
export const start = async (t: TestContext, options: JmapServerOptions = {}): Promise<JmapServer> => {
  const server = await startJmapServer(options);
  t.after(() => server.stop());
  return server;
};

/** Posts a body to the API as it is. */
export const post = (server: JmapServer, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${server.url}/jmap/api/`, {
    method: 'POST',
    headers: { Authorization: basic(), 'Content-Type': 'application/json', ...headers },
    body,
  });

/** A request as JSON (RFC 8620 section 3.3); calls get the account and an id. */
export const requestOf = (calls: readonly Call[]): string => {
  const methodCalls = calls.map(([name, args, id], i) => [name, { accountId: 'alice', ...args }, id ?? String(i)]);
  const sends = calls.some(([name]) => /^(Identity|EmailSubmission)\//.test(name));
  return JSON.stringify({ using: sends ? [core, mail, submission] : [core, mail], methodCalls });
};

/** Sends calls and answers the whole response. */
export const request = async (server: JmapServer, ...calls: Call[]) => {
  const response = await post(server, requestOf(calls));
  assert.equal(response.status, 200);
  return responseSchema.parse(await response.json());
};

/** Sends one call that must succeed. */
export const one = async <T>(server: JmapServer, schema: z.ZodType<T>, name: string, args: Args = {}): Promise<T> => {
  const [answer] = (await request(server, [name, args])).methodResponses;
  assert.equal(answer?.[0], name, JSON.stringify(answer?.[1]));
  return schema.parse(answer?.[1]);
};

/** Sends one call that must fail, and answers the type of its error. */
export const refused = async (server: JmapServer, name: string, args: Args = {}): Promise<string> => {
  const [answer] = (await request(server, [name, args])).methodResponses;
  assert.equal(answer?.[0], 'error', JSON.stringify(answer));
  return errorSchema.parse(answer?.[1]).type;
};

/** One page of changes. */
export const changes = (server: JmapServer, sinceState: string, args: Args = {}, type = 'Email') =>
  one(server, changesSchema, `${type}/changes`, { sinceState, ...args });
/** One page of Email/query. */
export const query = (server: JmapServer, args: Args = {}) => one(server, querySchema, 'Email/query', args);
/** The state of a type. */
export const state = async (server: JmapServer, type = 'Email') =>
  (await one(server, getSchema, `${type}/get`, { ids: [] })).state;
/** Status, type and limit of a problem document (RFC 8620 section 3.6.1). */
export const problemOf = async (response: Response) => {
  const body = z.object({ type: z.string(), limit: z.string().optional() }).parse(await response.json());
  return [response.status, body.type.split(':').at(-1), body.limit];
};

/** Follows changes to their end, as a client does, and answers what it then holds of `known`. */
export const follow = async (server: JmapServer, from: string, known: Iterable<string>, maxChanges: number) => {
  const held = new Set(known);
  const seen = { pages: 0, strangers: [] as string[] };
  for (let since = from; ; ) {
    const page = await changes(server, since, { maxChanges });
    assert.ok(page.created.length + page.updated.length + page.destroyed.length <= maxChanges);
    for (const id of page.created) held.add(id);
    for (const id of page.updated) if (!held.has(id)) seen.strangers.push(id);
    for (const id of page.destroyed) held.delete(id);
    seen.pages++;
    since = page.newState;
    if (!page.hasMoreChanges) return { held: [...held].toSorted(), since, ...seen };
  }
};

/** Uploads bytes as they are. */
export const upload = (server: JmapServer, body: string | Buffer, type = 'message/rfc822'): Promise<Response> =>
  fetch(`${server.url}/jmap/upload/alice/`, {
    method: 'POST',
    headers: { Authorization: basic(), 'Content-Type': type },
    body: Buffer.from(body as string),
  });

const setErrors = z.record(z.string(), z.looseObject({ type: z.string() })).nullable();
const setSchema = z.object({
  accountId: z.string(),
  oldState: z.string(),
  newState: z.string(),
  created: z.record(z.string(), z.looseObject({ id: z.string() })).nullable(),
  updated: z.record(z.string(), z.null()).nullable(),
  destroyed: z.array(z.string()).nullable(),
  notCreated: setErrors,
  notUpdated: setErrors,
  notDestroyed: setErrors,
});
/** Sends one Email/set that must not fail as a whole. */
export const setEmail = (server: JmapServer, args: Args) => one(server, setSchema, 'Email/set', args);
/** Sends one Mailbox/set that must not fail as a whole. */
export const setMailbox = (server: JmapServer, args: Args) => one(server, setSchema, 'Mailbox/set', args);
/** A server with three emails in its inbox. */
export const startWithThree = async (t: TestContext, options: JmapServerOptions = {}) => {
  const server = await start(t, options);
  const [a = '', b = '', c = ''] = await server.deliver([{}, {}, { keywords: ['$flagged'] }]);
  const [inbox, archive] = [server.mailboxId('inbox'), server.mailboxId('archive')];
  const email = async (id: string) => (await server.truth()).emails[id];
  return { server, a, b, c, inbox, archive, email };
};
