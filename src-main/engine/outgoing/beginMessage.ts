import type { MessageBeginning } from '../../../src-shared/draft.ts';
import { TernError } from '../../../src-shared/errors.ts';
import type { Email } from '../../../src-shared/model.ts';
import type { Identity } from '../../../src-shared/reply/identity.ts';
import { type Quotable, type ReplyMode, replyTo } from '../../../src-shared/reply/reply.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Renderer } from '../../render/renderer.ts';
import type { Store } from '../../store/db.ts';
import { readEmail } from '../../store/emailReads.ts';
import type { OpenBody } from '../bodies.ts';
import { localId } from '../effects.ts';
import { answerers } from './whoSends.ts';

type Parts = { account: string; store: Store; clock: Clock; renderer: Renderer; openBody: OpenBody };

/**
 * What an answer to an email begins as, or a message that passes it on (docs/sending.md C6). Throws `notFound`, and why the email
 * cannot be read.
 */
export const beginMessage = async (
  parts: Parts,
  { email: id, mode, timeZone }: { email: string; mode: ReplyMode; timeZone?: string | undefined },
  signal: AbortSignal,
): Promise<MessageBeginning> => {
  const { account, store } = parts;
  const email = store.read((db) => readEmail(db, account, localId(id)));
  if (!email) throw new TernError('notFound', 'no such email', { field: 'email' });
  const body = mode === 'forwardAttached' ? nothing : await quotableOf(parts, email, signal);
  const identities = await safeIdentities(parts, signal);
  const told = timeZone === undefined ? body : { ...body, timeZone };
  const {
    from,
    inReplyTo: _,
    references: __,
    replyTo: ___,
    attachments,
    ...begun
  } = replyTo(email, told, mode, identities);
  const isReply = mode === 'reply' || mode === 'replyAll';
  return {
    ...begun,
    from: from?.email ?? null,
    ...(isReply ? { inReplyTo: id } : { forwardOf: id }),
    attachments: attachments.map(({ part, name, type, cid }) => ({
      email: id,
      ...(part === null ? {} : { part }),
      name: name ?? '',
      type,
      ...(cid === null ? {} : { cid }),
    })),
  };
};

const nothing: Quotable = { text: '', html: null, pictures: [] };

/** The email as it is shown, without what is elsewhere; its own pictures get ids of the new message. */
const quotableOf = async (
  { openBody, renderer, clock }: Parts,
  email: Email,
  signal: AbortSignal,
): Promise<Quotable> => {
  const { text, html, textHtml } = await openBody(localId(email.id), { remoteContent: false }, signal);
  const shown = html ?? textHtml;
  if (shown === null) return { ...nothing, text };
  const cids = new Map(email.attachments.map(({ part }) => [part, `${clock.uuid()}@tern`]));
  const quoted = await renderer.quote(shown, cids, signal);
  return { text, html: quoted.html, pictures: quoted.parts.map((part) => ({ part, cid: cids.get(part) ?? '' })) };
};

/** What a server says is a signature is a stranger's HTML like any other. */
const safeIdentities = async ({ store, renderer }: Parts, signal: AbortSignal): Promise<Identity[]> => {
  const identities: Identity[] = [];
  for (const identity of store.read(answerers)) {
    const html =
      identity.htmlSignature === ''
        ? ''
        : await renderer
            .quote(await safe(renderer, identity.htmlSignature, signal), new Map(), signal)
            .then((quoted) => quoted.html);
    identities.push({ ...identity, htmlSignature: html });
  }
  return identities;
};

const safe = async (renderer: Renderer, html: string, signal: AbortSignal): Promise<string> =>
  (await renderHtml(renderer, html, signal)).html ?? '';

/** HTML of a person's or a server's own, as an email of it alone would be shown. */
export const renderHtml = (renderer: Renderer, html: string, signal: AbortSignal): ReturnType<Renderer['render']> => {
  const part = { part: '1', type: 'text/html' as const };
  const text = { ...part, text: html, isTruncated: false, isFlowed: false, delSp: false };
  return renderer.render(
    { texts: [text], textBody: [part], htmlBody: [part] },
    { view: 'draft', parts: new Map(), remote: 'blocked' },
    signal,
  );
};
