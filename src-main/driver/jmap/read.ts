import type { BodySource, BodyText } from '../../../src-shared/body.ts';
import { TernError } from '../../../src-shared/errors.ts';
import type { RemoteAttachment } from '../../../src-shared/remote.ts';
import { beginningOf } from '../../lib/bytes.ts';
import { cutBytes } from '../../lib/text.ts';
import { decodeText } from '../../mime/decodePart.ts';
import type { Blob, FetchedBody } from '../driver.ts';
import { textValue as text } from '../values.ts';
import {
  attachmentsOf,
  bodyProperties,
  bodySourceOf,
  shownParts,
  sourceProperties,
  type ToldBody,
  valuesUpTo,
} from './body.ts';
import { type JmapClient, type MethodAnswer, must } from './client.ts';
import { chunkIds, getSchema, refusedAsTooLarge, tooLarge } from './get.ts';
import { expandUrl, secureUrl } from './hosts.ts';
import type { Http } from './http.ts';

/** An answer of more than some 3 MB takes too long to parse in one go. */
const LONGEST_ANSWER = 3 * 1024 * 1024;

/** What emails say, by id: `Email/get` with their texts, of up to `maxBytes` each (RFC 8621 section 4.2). */
export const readBodies = async (
  { client, http }: Reader,
  ids: readonly string[],
  maxBytes: number,
  signal: AbortSignal,
): Promise<Map<string, FetchedBody | TernError>> => {
  const bodies = new Map<string, FetchedBody | TernError>();
  for (const chunk of chunkIds(client, ids, Math.max(1, Math.floor(LONGEST_ANSWER / maxBytes))))
    for (const [id, told] of await readChunk(client, chunk, maxBytes, signal)) {
      if (told instanceof TernError) bodies.set(id, told);
      else bodies.set(id, { ...told, source: await decoded({ client, http }, told, maxBytes, signal) });
    }
  return bodies;
};

/** The client, and the HTTP that it goes over. */
type Reader = { client: JmapClient; http: Http };
type Told = ToldBody & { attachments: RemoteAttachment[] };

/** Texts that the server could not decode are decoded here, from their bytes. */
const decoded = async (
  reader: Reader,
  { source, undecoded }: Told,
  maxBytes: number,
  signal: AbortSignal,
): Promise<BodySource> => {
  const texts = new Map(source.texts.map((each) => [each.part, each]));
  for (const { part, blobId, charset } of undecoded) {
    const told = texts.get(part);
    if (!told || blobId === null) continue;
    const bytes = await beginningOf(readBlob(reader, { remoteId: '', part, blobId }, signal), maxBytes + 1).catch(
      (error: unknown) => {
        if (signal.aborted) throw error;
        return null;
      },
    );
    const better = bytes && decodedText(bytes, maxBytes, { charset, type: told.type });
    // What the server made of it is better than nothing, until somebody opens it.
    texts.set(part, { ...told, ...(better ?? { isTruncated: true }) });
  }
  return { ...source, texts: [...texts.values()] };
};

/** The beginning of a text of more than `maxBytes`, in its own charset or as UTF-8. */
const decodedText = (
  bytes: Buffer,
  maxBytes: number,
  labels: { charset: string | null; type: BodyText['type'] },
): Pick<BodyText, 'text' | 'isTruncated'> => {
  const all = decodeText(bytes.subarray(0, maxBytes), { encoding: 'binary', ...labels });
  const kept = cutBytes(all, maxBytes);
  return { text: kept, isTruncated: bytes.length > maxBytes || kept.length < all.length };
};

const readChunk = async (
  client: JmapClient,
  ids: string[],
  maxBytes: number,
  signal: AbortSignal,
): Promise<[id: string, told: Told | TernError][]> => {
  const properties = ['id', 'attachments', ...sourceProperties];
  const call: [string, Record<string, unknown>] = [
    'Email/get',
    { ids, properties, bodyProperties, ...valuesUpTo(maxBytes) },
  ];
  const [answer] = await client
    .call([call], signal)
    .catch((error: unknown): MethodAnswer[] => [refusedAsTooLarge(error)]);
  if (tooLarge(answer) && ids.length > 1) {
    const half = Math.ceil(ids.length / 2);
    const first = await readChunk(client, ids.slice(0, half), maxBytes, signal);
    return [...first, ...(await readChunk(client, ids.slice(half), maxBytes, signal))];
  }
  return (must(answer, getSchema, 'Email/get').list ?? []).flatMap((value) => {
    const email = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
    const id = text(email['id']);
    return id ? [[id, bodyOf(email, maxBytes)]] : [];
  });
};

const bodyOf = (email: Record<string, unknown>, maxBytes: number): Told | TernError => {
  const told = bodySourceOf(email, maxBytes);
  if (!told) return new TernError('server', 'the server told nothing of what the email says');
  return { ...told, attachments: [...attachmentsOf(email['attachments']), ...shownParts(email)] };
};

/** A blob's bytes as they come (RFC 8620 section 6.2). */
export async function* readBlob(
  { client, http }: Reader,
  { blobId }: Blob,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const { downloadUrl, url, accountId } = client.session;
  if (blobId === null || downloadUrl === null)
    throw new TernError('unsupported', 'the mail server does not hand this out');
  const values: Record<string, string> = { accountId, blobId, type: 'application/octet-stream', name: 'attachment' };
  yield* http.download(secureUrl(expandUrl(downloadUrl, values), url), signal);
}
