import * as z from 'zod';
import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Outcome } from '../driver.ts';
import type { Filing, FilingOptions, MessageFile } from '../outgoing.ts';
import { type JmapClient, type MethodAnswer, must } from './client.ts';
import { findByMessageId, type Looked } from './emailLook.ts';
import { lookAndPatch } from './guardedSet.ts';
import { expandUrl, secureUrl } from './hosts.ts';
import { type Http, statusError } from './http.ts';
import { parseJson } from './session.ts';
import { outcomeOf, outcomeOfMethod, outcomeOfRequest } from './setErrors.ts';
import { setSchema } from './setSchema.ts';

/** What putting a message on the server takes. */
type Parts = { client: JmapClient; http: Http; clock: Clock };

/**
 * Puts a message into a mailbox: upload (RFC 8620 section 6.1) and Email/import (RFC 8621 section 4.8). A call that was cut
 * off may have done so: what it noted says to look first (docs/sending.md, H1 to H3).
 */
export const fileEmail = async (
  parts: Parts,
  filing: Filing,
  { note }: Pick<FilingOptions, 'note'>,
  signal: AbortSignal,
): Promise<Outcome> => {
  const { client } = parts;
  if (filing.journal !== null) {
    const found = await findByMessageId(client, filing.messageId, filing.mailbox, signal);
    if (found !== null) return { result: 'done', remoteId: found };
  }
  const { maxSizeUpload } = client.limits;
  if (filing.file.size > maxSizeUpload)
    return tooLarge(`${filing.file.size} bytes, and the server takes ${maxSizeUpload}`);
  let blobId = await upload(parts, filing.file, signal);
  if (typeof blobId !== 'string') return blobId;
  await note(JSON.stringify({ importing: true }));
  let imported = await importBlob(client, filing, blobId, signal);
  if (imported === 'blob gone') {
    blobId = await upload(parts, filing.file, signal);
    if (typeof blobId !== 'string') return blobId;
    imported = await importBlob(client, filing, blobId, signal);
  }
  return imported === 'blob gone'
    ? { result: 'failed', error: new TernError('server', 'the server lost what was uploaded, twice') }
    : imported;
};

const tooLarge = (how: string): Outcome => ({
  result: 'refused',
  error: new TernError('tooLarge', `the message is too large for the server: ${how}`),
});

const blobSchema = z.object({ blobId: z.string() });

/**
 * The blob that the file became, or the outcome that ends it. Throws what concerns the connection, and `storage`: nothing was
 * done.
 */
const upload = async (
  { client, http, clock }: Parts,
  file: MessageFile,
  signal: AbortSignal,
): Promise<string | Outcome> => {
  const { uploadUrl, url, accountId } = client.session;
  if (uploadUrl === null)
    return { result: 'refused', error: new TernError('unsupported', 'the mail server takes no uploads') };
  const place = secureUrl(expandUrl(uploadUrl, { accountId }), url);
  const answer = await http.upload(place, file, 'message/rfc822', signal);
  if (answer.status === 413) return tooLarge('it refused the upload');
  if (answer.status === 507) return { result: 'failed', error: new TernError('quota', 'the account is full') };
  if (answer.status !== 200 && answer.status !== 201) {
    const error = statusError(place, answer, clock.now());
    if (error.kind !== 'server') throw error;
    return { result: 'failed', error };
  }
  const { data } = blobSchema.safeParse(parseJson(place, answer.text));
  return (
    data?.blobId ?? {
      result: 'failed',
      error: new TernError('server', "the server's answer to an upload is malformed"),
    }
  );
};

const importBlob = async (
  client: JmapClient,
  { mailbox, keywords, receivedAt }: Filing,
  blobId: string,
  signal: AbortSignal,
): Promise<Outcome | 'blob gone'> => {
  const email = {
    blobId,
    mailboxIds: { [mailbox]: true },
    keywords: Object.fromEntries(keywords.map((keyword) => [keyword, true])),
    receivedAt: new Date(receivedAt).toISOString().replace(/\.\d+Z$/, 'Z'),
  };
  let answer: MethodAnswer | undefined;
  try {
    [answer] = await client.call([['Email/import', { emails: { k: email } }]], signal);
  } catch (error) {
    return outcomeOfRequest(asTernError(error));
  }
  if (answer && 'error' in answer) return outcomeOfMethod(answer.error, 1) ?? unmentioned;
  const { created, notCreated } = must(answer, setSchema, 'Email/import');
  const { data } = z.object({ id: z.string() }).safeParse(created['k']);
  if (data) return { result: 'done', remoteId: data.id };
  return refusal(client, notCreated['k'], mailbox, keywords, signal);
};

const unmentioned = outcomeOf({ type: 'serverPartialFail', description: 'the answer does not mention it' });

const refusalSchema = z.object({
  type: z.string(),
  existingId: z.string().optional(),
  properties: z.array(z.unknown()).optional(),
});

/** What it means that an import was not done; an email of the same bytes is the one that was wanted. */
const refusal = async (
  client: JmapClient,
  raw: unknown,
  mailbox: string,
  keywords: string[],
  signal: AbortSignal,
): Promise<Outcome | 'blob gone'> => {
  const { data } = refusalSchema.safeParse(raw);
  if (!data) return unmentioned;
  // Cyrus calls a blob that it does not have an invalid property.
  if (data.type === 'blobNotFound' || data.properties?.includes('blobId')) return 'blob gone';
  if (data.type !== 'alreadyExists' || data.existingId === undefined) return outcomeOf(raw);
  const into = Object.fromEntries([
    [`mailboxIds/${mailbox}`, true as const],
    ...keywords.map((keyword) => [`keywords/${keyword}`, true as const] as const),
  ]);
  const isThere = (seen: Looked): boolean =>
    seen.mailboxes.has(mailbox) && keywords.every((keyword) => seen.keywords.has(keyword.toLowerCase()));
  const moved = await lookAndPatch(client, data.existingId, (seen) => (isThere(seen) ? null : into), signal);
  if (moved === 'right' || moved === 'patched') return { result: 'done', remoteId: data.existingId };
  return { result: 'failed', error: new TernError('conflict', 'the same message lies elsewhere, and cannot be moved') };
};
