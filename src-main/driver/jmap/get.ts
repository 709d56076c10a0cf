import * as z from 'zod';
import { TernError } from '../../../src-shared/errors.ts';
import type { RemoteEmail, RemoteEmailState } from '../../../src-shared/remote.ts';
import { breathe, inOrder, inPieces } from '../../lib/async.ts';
import { ROWS_AT_ONCE } from '../driver.ts';
import { BROUGHT_BYTES, bodyProperties, sourceProperties, valuesUpTo } from './body.ts';
import type { JmapClient } from './client.ts';
import { type MethodAnswer, type MethodCall, must } from './client.ts';
import type { PullContext } from './context.ts';
import { emailOf, emailProperties, emailStateOf, stateProperties } from './convert.ts';

/** The answer to any Foo/get: RFC 8620 section 5.1. */
export const getSchema = z.object({
  state: z.string().nullish(),
  list: z.array(z.unknown()).nullish(),
  notFound: z.array(z.string()).nullish(),
});

/** The same with the state that a snapshot is of. */
export const snapshotSchema = getSchema.extend({ state: z.string() });

/** Reads what a get answered, once per object. */
export const listOf = <T>(answer: z.infer<typeof getSchema>, convert: (value: unknown) => T | null): T[] =>
  (answer.list ?? []).flatMap((value) => convert(value) ?? []);

/** How many emails one get asks for: larger ones are hardly faster (measured on Cyrus), and to parse them holds up reads. */
const LARGEST_GET = 150;

/** How many objects Tern asks this server for at once. */
export const getSize = (client: JmapClient): number => Math.min(client.limits.maxObjectsInGet, LARGEST_GET);

/** Requests in flight during a fill; more gains nothing on any server measured. */
export const flights = (client: JmapClient): number => Math.min(3, client.limits.maxConcurrentRequests);

/** `Email/get` of everything Tern stores of an email, its body aside. */
const getWhole = (ids: Record<string, unknown>): MethodCall => [
  'Email/get',
  { ...ids, properties: emailProperties, bodyProperties },
];

/** The same with the body, unless that is long: for mail that is likely to be read soon. */
export const getWithBody = (ids: Record<string, unknown>): MethodCall => [
  'Email/get',
  { ...ids, properties: [...emailProperties, ...sourceProperties], bodyProperties, ...valuesUpTo(BROUGHT_BYTES) },
];

/** `Email/get` of what can change. */
export const getStates = (ids: Record<string, unknown>): MethodCall => [
  'Email/get',
  { ...ids, properties: stateProperties },
];

/** Ids in pieces that fit the server's limits on objects, and `most`, and on the size of a request. */
export const chunkIds = (client: JmapClient, ids: readonly string[], most = LARGEST_GET): string[][] => {
  const bytes = client.limits.maxSizeRequest - 4096;
  const chunks: string[][] = [];
  let size = 0;
  for (const id of ids) {
    const last = chunks.at(-1);
    size += id.length * 3 + 4;
    if (last && last.length < Math.min(getSize(client), most) && size < bytes) last.push(id);
    else {
      chunks.push([id]);
      size = id.length * 3 + 4;
    }
  }
  return chunks;
};

type Got<T> = { found: T[]; notFound: string[] };

const get = async <T>(
  { client, signal }: Pick<PullContext, 'client' | 'signal'>,
  ids: string[],
  method: (ids: Record<string, unknown>) => MethodCall,
  convert: (value: unknown) => T | null,
): Promise<Got<T>> => {
  const answer = await client.call([method({ ids })], signal).then(
    ([only]) => only,
    (error: unknown) => refusedAsTooLarge(error),
  );
  if (tooLarge(answer) && ids.length > 1) {
    const half = Math.ceil(ids.length / 2);
    const first = await get({ client, signal }, ids.slice(0, half), method, convert);
    const second = await get({ client, signal }, ids.slice(half), method, convert);
    return { found: [...first.found, ...second.found], notFound: [...first.notFound, ...second.notFound] };
  }
  const parsed = must(answer, getSchema, 'Email/get');
  const found: T[] = [];
  for (const piece of inPieces(parsed.list ?? [], ROWS_AT_ONCE)) {
    await breathe();
    found.push(...piece.flatMap((value) => convert(value) ?? []));
  }
  return { found, notFound: parsed.notFound ?? [] };
};

/** Some servers refuse the whole request instead of the call (Cyrus); for a request of one call it is the same. */
export const refusedAsTooLarge = (error: unknown): MethodAnswer => {
  if (error instanceof TernError && error.kind === 'tooLarge')
    return { error: { type: 'requestTooLarge', description: error.message } };
  throw error;
};

/** True for a get that asked for more objects than the server gives at once. */
export const tooLarge = (answer: MethodAnswer | undefined): boolean =>
  answer !== undefined && 'error' in answer && answer.error.type === 'requestTooLarge';

/** Emails whole, for one chunk of ids; ids the server no longer has come back in `notFound`. */
export const getEmails = (context: Pick<PullContext, 'client' | 'signal'>, ids: string[]): Promise<Got<RemoteEmail>> =>
  get(context, ids, getWhole, emailOf);

/** The same with their bodies. */
export const getEmailsWithBody = (
  context: Pick<PullContext, 'client' | 'signal'>,
  ids: string[],
): Promise<Got<RemoteEmail>> => get(context, ids, getWithBody, emailOf);

/** Mailboxes and keywords, for one chunk of ids. */
export const getEmailStates = (
  context: Pick<PullContext, 'client' | 'signal'>,
  ids: string[],
): Promise<Got<RemoteEmailState>> => get(context, ids, getStates, emailStateOf);

/** Any number of emails whole, chunk by chunk in order, several requests in flight. */
export const getAllEmails = (
  context: PullContext,
  ids: readonly string[],
): AsyncGenerator<Got<RemoteEmail>, void, void> =>
  inOrder(
    chunkIds(context.client, ids),
    () => flights(context.client),
    (chunk) => getEmails(context, chunk),
  );
