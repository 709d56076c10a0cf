import { emailKey } from '../address.ts';
import { cappedReferences, isMessageId } from '../messageId.ts';
import type { Address, Attachment, Email } from '../model.ts';
import { answering, type Identity, ownKeys } from './identity.ts';
import { attribution, escaped, FORWARDED, forwardHead, quotedHtml, quotedText } from './quote.ts';
import { plainAddress, type Recipients, replyRecipients, writable } from './recipients.ts';
import { htmlSignature, textSignature } from './signature.ts';
import { forwardSubject, messageFileName, replySubject } from './subject.ts';

/** How a message begins: in answer to another, to its author or all, or passing it on, as text or as a file. */
export type ReplyMode = 'reply' | 'replyAll' | 'forward' | 'forwardAttached';

/**
 * What an email says, to be quoted. `html` is safe, without style sheets, its pictures under the ids of `pictures`; null
 * where the answer is to be plain text. `timeZone`: in which its time is told (IANA); left out, as it was sent.
 */
export type Quotable = {
  text: string;
  html: string | null;
  pictures: { part: string; cid: string }[];
  timeZone?: string;
};

/** What goes along from the start: a part of the email, or, where `part` is null, the email itself. */
type Taken = {
  part: string | null;
  name: string | null;
  type: string;
  disposition: 'attachment' | 'inline';
  cid: string | null;
};

/** What a message begins as. `identity` and `from` are null where the person has none that has an address. */
export type Beginning = Recipients & {
  identity: string | null;
  from: Address | null;
  replyTo: Address[];
  bcc: Address[];
  subject: string;
  text: string;
  html: string | null;
  inReplyTo: string[];
  references: string[];
  attachments: Taken[];
};

/** RFC 5322 section 3.6.4. What is passed on is a new conversation to others, but stays in its own to the person. */
export const threading = (
  email: Pick<Email, 'messageId' | 'inReplyTo' | 'references'>,
  isReply: boolean,
): Pick<Beginning, 'inReplyTo' | 'references'> => {
  const messageId = email.messageId.find(isMessageId);
  const parents = email.inReplyTo.filter(isMessageId);
  const before = email.references.filter(isMessageId);
  const earlier = before.length === 0 && parents.length === 1 ? parents : before;
  const own = messageId === undefined ? [] : [messageId];
  return { inReplyTo: isReply ? own : [], references: cappedReferences([...earlier, ...own]) };
};

const TYPE = /^(?!multipart\/)[!#-'*+.0-9^-~-]{1,60}\/[!#-'*+.0-9^-~-]{1,60}$/;

const taken = ({ part, name, type }: Attachment, cid: string | null): Taken => ({
  part,
  name:
    name === null
      ? null
      : name
          .toWellFormed()
          .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
          .slice(0, 500)
          .toWellFormed(),
  type: TYPE.test(type) ? type : 'application/octet-stream',
  disposition: cid === null ? 'attachment' : 'inline',
  cid,
});

/** The pictures of the quote, and, where a message is passed on, all else that it has. */
const takenAlong = (email: Email, { html, pictures }: Quotable, isAll: boolean): Taken[] =>
  email.attachments.flatMap((attachment) => {
    const cid = html === null ? undefined : pictures.find(({ part }) => part === attachment.part)?.cid;
    return isAll || cid !== undefined ? [taken(attachment, cid ?? null)] : [];
  });

const quotedAsText = (email: Email, { text, timeZone }: Quotable, isReply: boolean): string => {
  if (isReply) return `${attribution(email, timeZone)}\n${quotedText(text)}`;
  const head = forwardHead(email, timeZone).map(([name, value]) => `${name}: ${value}`);
  return [FORWARDED, ...head, '', text].join('\n');
};

const quotedAsHtml = (email: Email, html: string, timeZone: string | undefined, isReply: boolean): string => {
  if (isReply)
    return `<div>${escaped(attribution(email, timeZone))}</div>${quotedHtml(html, email.messageId.find(isMessageId))}`;
  const head = forwardHead(email, timeZone).map(([name, value]) => `<b>${name}:</b> ${escaped(value)}`);
  return `<div>${[FORWARDED, ...head].join('<br>')}</div><br><div>${html}</div>`;
};

const EMPTY_LINE = '<div><br></div>';

/** A line to write on, the signature, the quote: what there is of them, an empty line between. */
const textOf = (email: Email, body: Quotable, mode: ReplyMode, identity: Identity | undefined): string => {
  const quote = mode === 'forwardAttached' ? '' : quotedAsText(email, body, mode !== 'forward');
  const below = [identity ? textSignature(identity) : '', quote].filter((piece) => piece !== '');
  return below.map((piece) => `\n\n${piece}`).join('');
};

const htmlOf = (email: Email, body: Quotable, mode: ReplyMode, identity: Identity | undefined): string | null => {
  if (body.html === null) return null;
  const quote = mode === 'forwardAttached' ? '' : quotedAsHtml(email, body.html, body.timeZone, mode !== 'forward');
  const below = [identity ? htmlSignature(identity) : '', quote].filter((piece) => piece !== '');
  return ['', ...below].map((piece) => `${EMPTY_LINE}${piece}`).join('');
};

/**
 * What an answer to an email begins as, or a message that passes it on. `delivered`: where the email was delivered to
 * (Delivered-To), as far as that is known. Nothing of it is sent or kept by this.
 */
export const replyTo = (
  email: Email,
  body: Quotable,
  mode: ReplyMode,
  identities: readonly Identity[],
  delivered: readonly string[] = [],
): Beginning => {
  const isReply = mode === 'reply' || mode === 'replyAll';
  const chosen = answering(email, identities, delivered);
  const own = new Set([...ownKeys(identities), ...(chosen ? [emailKey(chosen.email)] : [])]);
  const identity = chosen?.identity;
  return {
    ...(isReply ? replyRecipients(email, mode === 'replyAll', own) : { to: [], cc: [] }),
    ...threading(email, isReply),
    identity: identity?.id ?? null,
    from: chosen ? plainAddress({ name: chosen.identity.name, email: chosen.email }) : null,
    replyTo: writable(identity?.replyTo ?? []),
    bcc: writable(identity?.bcc ?? []),
    subject: isReply ? replySubject(email.subject) : forwardSubject(email.subject),
    text: textOf(email, body, mode, identity),
    html: htmlOf(email, body, mode, identity),
    attachments:
      mode === 'forwardAttached'
        ? [
            {
              part: null,
              name: messageFileName(email.subject),
              type: 'message/rfc822',
              disposition: 'attachment',
              cid: null,
            },
          ]
        : takenAlong(email, body, mode === 'forward'),
  };
};
