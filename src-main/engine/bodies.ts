import { TernError } from '../../src-shared/errors.ts';
import type { Attachment, EmailHead } from '../../src-shared/model.ts';
import type { Driver } from '../driver/driver.ts';
import { raceSignal } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';
import { isSigned } from '../mime/signed.ts';
import { blobPlace, readAttachments } from '../store/attachments.ts';
import { bodyUsed, isUseNews, readBody, type StoredBody } from '../store/bodies.ts';
import { type BodyParts, fetchBodies, keepShown, RULES, renderOne } from './bodyRead.ts';

/** An email's body as a person opens it. `isTruncated`: the server has more than is shown. */
export type OpenedBody = Omit<NonNullable<StoredBody['shown']>, 'isFallback'> & {
  /** Addresses of what would be loaded from elsewhere: `tern-mail://<view>/remote/<n>` is the n-th. */
  remote: string[];
  attachments: Attachment[];
  /** There is a signature; nobody looked whether it is right. */
  signature: 'unverified' | null;
  isTruncated: boolean;
  source: 'cache' | 'server';
  /** Who wrote to whom, where this is a message in an email; null where it is the email itself. */
  message: MessageHead | null;
};

/** The head of a message that is attached to an email. `sentAt` is in UTC (ISO 8601). */
type MessageHead = Pick<EmailHead, 'subject' | 'from' | 'to' | 'cc' | 'sentAt'>;

type Parts = BodyParts & { clock: Clock; reader: (signal: AbortSignal) => Promise<Driver> };

/** Opens the body of an email by its local id. */
export type OpenBody = (email: number, options: { remoteContent: boolean }, signal: AbortSignal) => Promise<OpenedBody>;

/** So much of each text is read of mail that is opened, in bytes; nobody writes more. */
const WHOLE = { maxBytes: 2 * 1024 * 1024, isAll: true };

/** What could not be made safe is tried again in a later run, or after so many ms, until it failed so often. */
const RETRY_MS = 24 * 3600 * 1000;
const MOST_FAILURES = 3;

/** How bodies are shown: as they are kept, or made safe by the rules of today. */
const createShowing = (parts: Parts) => {
  const { store, clock } = parts;
  /** When it was tried in this run to make bodies safe on which that failed, by `clock.monotonic`. */
  const tried = new Map<number, number>();
  const isDue = (email: number, { version, failures }: StoredBody): boolean => {
    if (version !== RULES) return true;
    const last = tried.get(email) ?? Number.NEGATIVE_INFINITY;
    return failures > 0 && failures < MOST_FAILURES && clock.monotonic() - last >= RETRY_MS;
  };
  return async (email: number, body: StoredBody, signal: AbortSignal): Promise<Shown> => {
    if (body.shown && !isDue(email, body)) return { ...body.shown, remote: [] };
    tried.set(email, clock.monotonic());
    const shown = await renderOne(parts, email, body, 'blocked', signal);
    if (!shown.isFallback) tried.delete(email);
    store.write((tx) => keepShown(tx, email, body, shown));
    return shown;
  };
};

/** Bodies as people open them: what is kept is shown at once, the rest is fetched once for all who ask (docs/sync.md B1). */
export const createBodies = (parts: Parts): OpenBody => {
  const { store, clock } = parts;
  const fetching = new Map<number, Promise<void>>();

  const fetchOne = async (email: number): Promise<void> => {
    const place = store.read((db) => blobPlace(db, email, null));
    if (!place) throw gone();
    const signal = new AbortController().signal;
    const driver = await parts.reader(signal);
    const wanted = [{ id: email, remoteId: place.remoteId }];
    const missing = await fetchBodies(parts, driver, wanted, WHOLE, signal);
    if (missing.length > 0) throw gone();
    if (!store.read((db) => readBody(db, email)))
      throw new TernError('server', 'the mail server cannot hand this email over');
  };
  /** One fetch for all who want this email at once; who gives up leaves it to the others. */
  const fetched = (email: number, signal: AbortSignal): Promise<void> => {
    const running = fetching.get(email) ?? fetchOne(email).finally(() => fetching.delete(email));
    fetching.set(email, running);
    return raceSignal(running, signal);
  };
  const shownOf = createShowing(parts);

  return async (email, { remoteContent }, signal) => {
    if (!store.read((db) => blobPlace(db, email, null))) throw gone();
    let body = store.read((db) => readBody(db, email));
    let source: OpenedBody['source'] = 'cache';
    if (!body || body.hasMore) {
      // The beginning is better than nothing.
      await fetched(email, signal).then(
        () => {
          source = 'server';
        },
        (error: unknown) => {
          if (!body || signal.aborted) throw error;
        },
      );
      body = store.read((db) => readBody(db, email));
    }
    if (!body) throw gone();
    const shown = await shownOf(email, body, signal);
    const now = clock.now();
    if (store.read((db) => isUseNews(db, email, now))) store.write((tx) => bodyUsed(tx, email, now));
    const linked = remoteContent && !shown.isFallback ? await renderOne(parts, email, body, 'linked', signal) : shown;
    const { html, text, textHtml, blockedRemote, remote } = linked;
    const attachments = store.read((db) => readAttachments(db, email));
    const signature = isSigned(attachments) ? 'unverified' : null;
    const { isTruncated } = body;
    const rest = { remote, attachments, signature, isTruncated, source, message: null } as const;
    return { html, text, textHtml, blockedRemote, ...rest };
  };
};

type Shown = NonNullable<StoredBody['shown']> & { remote: string[] };

const gone = (): TernError => new TernError('notFound', 'no such email', { field: 'email' });
