import { type BodySource, isSilent, type RenderedBody } from '../../src-shared/body.ts';
import { TernError } from '../../src-shared/errors.ts';
import type { Attachment } from '../../src-shared/model.ts';
import type { RemoteAttachment } from '../../src-shared/remote.ts';
import type { Driver, FetchedBody } from '../driver/driver.ts';
import { beginningOf } from '../lib/bytes.ts';
import type { Log } from '../lib/log.ts';
import { fallbackBody } from '../render/fallback.ts';
import type { Renderer } from '../render/renderer.ts';
import { blobPlace, putAttachments, readAttachments } from '../store/attachments.ts';
import { bodyUnreadable, readBody, type StoredBody, storeBody, storeRendered } from '../store/bodies.ts';
import type { ReadDb, Store, WriteDb } from '../store/db.ts';
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
    const most = 8 * maxBytes;
    const message = await beginningOf(driver.readBlob({ remoteId, part: null, blobId }, { cursors }, signal), most);
    return { message, isTruncated: message.length === most };
  };
  const gone: number[] = [];
  for (const { id, remoteId } of emails) {
    const body = found.get(remoteId);
    const told = body && (await takenApart(renderer, body));
    const read = told && saysNothing(told) ? await lookCloser(told, renderer, () => whole(id)) : told;
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

const saysNothing = (read: Read | TernError): read is Read =>
  !(read instanceof TernError) && isSilent(read.source) && read.attachments.length === 0;

/**
 * Servers make nothing of a message whose boundary is wrong: perhaps we can. Where that cannot be tried it is what the server
 * said, until somebody opens it.
 */
const lookCloser = async (told: Read, renderer: Renderer, whole: () => Promise<FetchedBody>): Promise<Read> => {
  try {
    const read = await takenApart(renderer, await whole());
    if (!(read instanceof TernError)) return read;
  } catch (error) {
    if (error instanceof TernError && error.kind === 'cancelled') throw error;
  }
  return {
    ...told,
    source: { ...told.source, texts: told.source.texts.map((text) => ({ ...text, isTruncated: true })) },
  };
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

/** Keeps how a body is shown, unless more of it came while it was rendered: that is rendered in its turn. */
export const keepShown = (tx: WriteDb, email: number, { length }: StoredBody, shown: RenderedBody): void => {
  if (readBody(tx, email)?.length === length) storeRendered(tx, email, shown, RULES);
};

/** Renders bodies that were fetched, and keeps how they are shown. */
export const renderBodies = async (parts: BodyParts, emails: readonly number[]): Promise<void> => {
  for (const email of emails) {
    const stored = parts.store.read((db) => readBody(db, email));
    const shown = stored && (await renderOne(parts, email, stored, 'blocked'));
    parts.store.write((tx) => {
      if (stored && shown) keepShown(tx, email, stored, shown);
      else bodyUnreadable(tx, email);
    });
    await parts.store.pause();
  }
};
