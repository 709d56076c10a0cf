import { createHash } from 'node:crypto';
import MailComposer, { type MailComposerAlternative } from 'nodemailer/lib/mail-composer';
import { type Composition, compositionSchema } from '../../../src-shared/composition.ts';
import { parseInput } from '../../../src-shared/issue.ts';
import { cappedReferences } from '../../../src-shared/messageId.ts';
import { cleanText } from '../../lib/text.ts';
import { flow } from '../flowed.ts';
import { attachmentFor } from './attached.ts';
import { needsSmtpUtf8, onWire } from './envelope.ts';
import { displayName, unstructured } from './headerText.ts';

/** A message written. `bytes` can be read once; `needsUtf8`: only SMTPUTF8 (RFC 6531) carries its header. */
export type ComposedMessage = { bytes: AsyncIterable<Uint8Array>; needsUtf8: boolean };

type Mailbox = { name: string; address: string };

const mailboxOf = ({ name, email }: Composition['from']): Mailbox => ({
  name: displayName(name),
  address: onWire(email),
});
const mailboxesOf = (addresses: Composition['to']): Mailbox[] => addresses.map(mailboxOf);

const bracketed = (ids: readonly string[]): string => ids.map((id) => `<${id}>`).join(' ');

const withCrLf = (text: string): string => cleanText(text).replaceAll(/\r\n?|\n/g, '\r\n');

/** What the message says, the plainest first (RFC 2046 section 5.1.4). A message that says nothing has an empty text. */
const alternativesOf = ({ text, html }: Composition): MailComposerAlternative[] => {
  const plain = {
    contentType: 'text/plain; charset=utf-8; format=flowed',
    content: flow(cleanText(text ?? '')),
  };
  if (html === null) return [plain];
  const rich = { contentType: 'text/html; charset=utf-8', content: withCrLf(html) };
  return text === null ? [rich] : [plain, rich];
};

/** What is between the parts. It follows from what is written, so that nobody can have written it before. */
const boundaryOf = ({ messageId, text, html }: Composition): string =>
  createHash('sha256')
    .update(JSON.stringify([messageId, text, html]))
    .digest('hex')
    .slice(0, 32);

const headOf = (composition: Composition): ConstructorParameters<typeof MailComposer>[0] => {
  const { from, sender, replyTo, to, cc, bcc, subject, messageId, date, inReplyTo, references } = composition;
  const field = (key: string, value: string) =>
    value === '' ? [] : [{ key, value: { prepared: true, foldLines: true, value } }];
  return {
    from: mailboxOf(from),
    ...(sender ? { sender: mailboxOf(sender) } : {}),
    replyTo: mailboxesOf(replyTo),
    to: mailboxesOf(to),
    cc: mailboxesOf(cc),
    bcc: mailboxesOf(bcc),
    references: bracketed(cappedReferences(references)),
    messageId: bracketed([messageId]),
    date,
    headers: [...field('Subject', unstructured(subject)), ...field('In-Reply-To', bracketed(inReplyTo))],
  };
};

async function* write(composition: Composition): AsyncGenerator<Uint8Array> {
  const hasHtml = composition.html !== null;
  const attachments = await Promise.all(composition.attachments.map((file) => attachmentFor(file, hasHtml)));
  const isAsWritten = attachments.every(({ contentTransferEncoding }) => contentTransferEncoding === 'base64');
  const message = new MailComposer({
    ...headOf(composition),
    alternatives: alternativesOf(composition),
    attachments,
    baseBoundary: boundaryOf(composition),
    boundaryPrefix: '=_',
    // Only what goes along as it is can have other line ends; to look for them takes its time.
    ...(isAsWritten ? {} : { newline: '\r\n' }),
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  message.keepBcc = composition.keepBcc;
  yield* message.createReadStream() as AsyncIterable<Uint8Array>;
}

/**
 * Writes a message (RFC 5322, RFC 2045): text as format=flowed (RFC 3676), beside it HTML where there is any, pictures
 * of the HTML with it (RFC 2387), then what is attached. All but the addresses that need SMTPUTF8 is ASCII, in lines of
 * at most 998 bytes ended by CRLF. Attachments are read as they are written. The same composition gives the same bytes.
 * Throws `invalid`, naming the field, for what would not be one line, not an address, or not an id.
 */
export const composeMessage = (given: Composition): ComposedMessage => {
  const composition = parseInput(compositionSchema, given);
  return { bytes: write(composition), needsUtf8: needsSmtpUtf8(composition) };
};
