import type { Address } from '../../src-shared/model.ts';
import { parseAddresses } from './addresses.ts';
import { parseDate } from './dates.ts';
import { decodeWords } from './encodedWords.ts';
import { readFields } from './fields.ts';
import { listUrls } from './listUrls.ts';
import { parseMessageIds } from './messageIds.ts';
import { tidyText } from './text.ts';

/** What Tern keeps of a message's header; `sentAt` with the zone it was sent from, `unsubscribe` the URLs of RFC 2369. */
export type Header = {
  subject: string | null;
  sentAt: string | null;
  from: Address[];
  sender: Address[];
  replyTo: Address[];
  to: Address[];
  cc: Address[];
  bcc: Address[];
  messageId: string[];
  inReplyTo: string[];
  references: string[];
  unsubscribe: string[];
  /** List-Unsubscribe-Post of RFC 8058. */
  unsubscribePost: string | null;
};

const LONGEST_SUBJECT = 10_000;
const LONGEST_POST = 200;

const WANTED = new Set([
  'subject',
  'date',
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'message-id',
  'in-reply-to',
  'references',
  'list-unsubscribe',
  'list-unsubscribe-post',
]);

/** A message's header block, whatever its bytes are. A field that is missing is null or empty. Never throws. */
export const readHeader = (block: Buffer): Header => {
  const fields = readFields(block, WANTED);
  const addresses = (name: string): Address[] => parseAddresses(fields.get(name) ?? '');
  const ids = (name: string): string[] => parseMessageIds(fields.get(name) ?? '');
  const subject = fields.get('subject');
  const post = fields.get('list-unsubscribe-post');
  return {
    subject:
      subject === undefined ? null : tidyText(decodeWords(subject.slice(0, 8 * LONGEST_SUBJECT)), LONGEST_SUBJECT),
    sentAt: parseDate(fields.get('date') ?? ''),
    from: addresses('from'),
    sender: addresses('sender'),
    replyTo: addresses('reply-to'),
    to: addresses('to'),
    cc: addresses('cc'),
    bcc: addresses('bcc'),
    messageId: ids('message-id'),
    inReplyTo: ids('in-reply-to'),
    references: ids('references'),
    unsubscribe: listUrls(fields.get('list-unsubscribe') ?? ''),
    unsubscribePost: post === undefined ? null : tidyText(post, LONGEST_POST),
  };
};
