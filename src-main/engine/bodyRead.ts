import { type BodySource, isSilent, type RenderedBody } from '../../src-shared/body.ts';
import { TernError } from '../../src-shared/errors.ts';
import type { Attachment } from '../../src-shared/model.ts';
import type { RemoteAttachment } from '../../src-shared/remote.ts';
import type { Driver, FetchedBody } from '../driver/driver.ts';
import type { Log } from '../lib/log.ts';
import { fallbackBody } from '../render/fallback.ts';
import type { Renderer } from '../render/renderer.ts';
import { blobPlace, putAttachments, readAttachments } from '../store/attachments.ts';
import { bodyUnreadable, readBody, type StoredBody, storeBody, storeRendered } from '../store/bodies.ts';
import type { ReadDb, Store } from '../store/db.ts';
import { indexEmail } from '../store/searchIndex.ts';
import { readCursors } from '../store/syncState.ts';

/** The rules by which bodies are made safe, numbered: a body that was made so by older ones is made so again when opened. */
export const RULES = 1;

/** What bodies are read and rendered with. `account` is part of the addresses of a body's own pictures. */
export type BodyParts = { account: string; store: Store; renderer: Renderer; log: Log };

/** An email by its local and the server's id. */
export type Wanted = { id: number; remoteId: string };

/** Reads what emails say and keeps it, to be rendered; answers the ids of those the server no longer has. */
export const fetchBodies = async (
  { store, renderer, log }: BodyParts,
  driver: Driver,
  emails: readonly Wanted[],
  { maxBytes, isAll }: { maxBytes: number; isAll: boolean },
  signal: AbortSignal,
): Promise<number[]> => {
  const ids = emails.map(({ remoteId }) => remoteId);
  const cursors = store.read(readCursors);
  const found = await driver.readBodies(ids, { cursors, maxBytes }, signal);
  const whole = async (id: number): Promise<FetchedBody> => {
    const { remoteId = '', blobId = null } = store.read((db) => blobPlace(db, id, null)) ?? {};
    return readWhole(driver.readBlob({ remoteId, part: null, blobId }, { cursors }, signal), 8 * maxBytes);
  };
  const gone: number[] = [];
  for (const { id, remoteId } of emails) {
    const body = found.get(remoteId);
    const told = body && (await takenApart(renderer, body));
    // Servers make nothing of a message whose boundary is wrong: perhaps we can.
    const read = told && saysNothing(told) ? await takenApart(renderer, await whole(id)).catch(() => told) : told;
    if (!read) gone.push(id);
    else if (read instanceof TernError) log.info({ err: read, email: id }, 'an email cannot be read');
    store.write((tx) => {
      if (read instanceof TernError) bodyUnreadable(tx, id);
      else if (read) {
        storeBody(tx, id, read.source, isAll);
        if (putAttachments(tx, id, read.attachments) === 0) return;
        tx.changed.email(id, 'updated');
        indexEmail(tx, id);
      }
    });
    await store.pause();
  }
  return gone;
};

type Read = { source: BodySource; attachments: RemoteAttachment[] };

const saysNothing = (read: Read | TernError): boolean =>
  !(read instanceof TernError) && isSilent(read.source) && read.attachments.length === 0;

/** A message as it is, its beginning where it is longer than that. */
const readWhole = async (bytes: AsyncIterable<Uint8Array>, most: number): Promise<FetchedBody> => {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of bytes) {
    pieces.push(piece);
    length += piece.length;
    if (length >= most) break;
  }
  return { message: Buffer.concat(pieces), isTruncated: length >= most };
};

/** A message that the server could not take apart is taken apart here; one that cannot be is unreadable. */
const takenApart = async (renderer: Renderer, body: FetchedBody | TernError): Promise<Read | TernError> => {
  if (body instanceof TernError || 'source' in body) return body;
  try {
    const { source, attachments } = await renderer.parse(body.message);
    const texts = source.texts.map((text) => ({ ...text, isTruncated: text.isTruncated || body.isTruncated }));
    return { source: { ...source, texts }, attachments };
  } catch (error) {
    if (error instanceof TernError && error.kind !== 'cancelled') return error;
    throw error;
  }
};

/** The host of the addresses under which a view finds the parts of this email. */
const viewOf = (account: string, email: number): string => `e${email}.${account.toLowerCase()}`;

const partsByCid = (db: ReadDb, email: number): Map<string, string> => picturesByCid(readAttachments(db, email));

/** Content-IDs, and the pictures they name: the first of a name counts, and nothing else can be one (RFC 2392). */
export const picturesByCid = (parts: readonly Attachment[]): Map<string, string> => {
  const pictures = new Map<string, string>();
  for (const { cid, part, type } of parts)
    if (cid !== undefined && !pictures.has(cid) && /^image\/(?!svg)/i.test(type)) pictures.set(cid, part);
  return pictures;
};

/** A body as it is shown. */
export const renderOne = (
  parts: BodyParts,
  email: number,
  { source }: StoredBody,
  remote: 'blocked' | 'linked',
  signal?: AbortSignal,
): Promise<RenderedBody> =>
  renderSource(
    parts,
    email,
    source,
    parts.store.read((db) => partsByCid(db, email)),
    remote,
    signal,
  );

/** What an email, or a message in it, says, as it is shown; what takes too long to be made safe is shown as plain text. */
export const renderSource = async (
  { account, renderer, log }: BodyParts,
  email: number,
  source: BodySource,
  parts: ReadonlyMap<string, string>,
  remote: 'blocked' | 'linked',
  signal?: AbortSignal,
): Promise<RenderedBody> => {
  try {
    return await renderer.render(source, { view: viewOf(account, email), parts, remote }, signal);
  } catch (error) {
    if (error instanceof TernError && error.kind === 'cancelled') throw error;
    log.warn({ err: error, email }, 'a body cannot be made safe: only its plain text is shown');
    return fallbackBody(source);
  }
};

/** Renders bodies that were fetched, and keeps how they are shown. */
export const renderBodies = async (parts: BodyParts, emails: readonly number[]): Promise<void> => {
  for (const email of emails) {
    const stored = parts.store.read((db) => readBody(db, email));
    const shown = stored && (await renderOne(parts, email, stored, 'blocked'));
    parts.store.write((tx) => {
      if (shown) storeRendered(tx, email, shown, RULES);
      else bodyUnreadable(tx, email);
    });
    await parts.store.pause();
  }
};
