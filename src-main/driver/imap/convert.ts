import { DELETED, type RemoteEmail } from '../../../src-shared/remote.ts';
import { bodyPartsOf } from '../../mime/bodyParts.ts';
import { parseDate } from '../../mime/dates.ts';
import { readHeader } from '../../mime/header.ts';
import { countValue, secondOf, urlList, utcOf } from '../values.ts';
import { parseBodyStructure } from './bodyStructure.ts';
import { emailId } from './names.ts';
import type { Token } from './tokens.ts';

/** What a FETCH answered of one message (RFC 9051 section 7.5.2). */
export type FetchedMessage = {
  uid: number;
  flags: string[];
  /** As the server wrote it: '17-Jul-1996 02:44:25 -0700'. */
  internalDate: string | null;
  /** In bytes. */
  size: number;
  /** The header block, or as much as was asked for. */
  header: Buffer;
  bodyStructure: Token;
  /** EMAILID (RFC 8474) or X-GM-MSGID. */
  objectId: string | null;
  /** THREADID (RFC 8474) or X-GM-THRID. */
  threadId: string | null;
};

const SYSTEM_FLAGS = new Map([
  ['\\seen', '$seen'],
  ['\\flagged', '$flagged'],
  ['\\answered', '$answered'],
  ['\\draft', '$draft'],
  ['\\deleted', DELETED],
]);
const SYSTEM_KEYWORDS = new Map(
  ['\\Seen', '\\Flagged', '\\Answered', '\\Draft', '\\Deleted'].map((flag) => [
    SYSTEM_FLAGS.get(flag.toLowerCase()) ?? '',
    flag,
  ]),
);

/** RFC 8621 section 4.1.1: an atom of IMAP's without what that allows beside. */
const isKeyword = (text: string): boolean => /^[!#$&'+-[^-z|}~]{1,255}$/.test(text);

/**
 * A message's flags as keywords (RFC 8621 section 4.1.1), in lower case, each once: \Seen is $seen, \Deleted is
 * `DELETED`. \Recent and what is no keyword are left out; so is a flag that is called $seen without being it.
 */
export const keywordsOf = (flags: readonly string[]): string[] => {
  const keywords = new Set<string>();
  for (const flag of flags) {
    const name = flag.toLowerCase();
    const keyword = SYSTEM_FLAGS.get(name) ?? (SYSTEM_KEYWORDS.has(name) || !isKeyword(name) ? null : name);
    if (keyword !== null) keywords.add(keyword);
  }
  return [...keywords];
};

/** The flag that stands for a keyword, as STORE wants it. */
export const flagOf = (keyword: string): string => SYSTEM_KEYWORDS.get(keyword) ?? keyword;

/** What `read` makes of a message; where that fails, what it makes of nothing: one message never stops a mailbox. */
const understood = <In, Out>(read: (from: In) => Out, given: In, nothing: In): Out => {
  try {
    return read(given);
  } catch {
    return read(nothing);
  }
};

/**
 * A message of the mailbox with that key, under that UIDVALIDITY, as the store takes it, however broken: what is missing or
 * absurd gets a plain value. Received is when the server says, else when the message says it was sent. Never throws.
 */
export const toRemoteEmail = (message: FetchedMessage, key: string, validity: string): RemoteEmail => {
  const { unsubscribe, unsubscribePost, subject, sentAt, from, to, cc, ...headers } = understood(
    readHeader,
    message.header,
    Buffer.alloc(0),
  );
  const structure = understood(parseBodyStructure, message.bodyStructure, null);
  const { attachments, hasAttachment } = bodyPartsOf(structure);
  return {
    remoteId: emailId(key, validity, message.uid),
    mailboxIds: [key],
    keywords: keywordsOf(message.flags),
    objectId: message.objectId,
    blobId: null,
    threadRemoteId: message.threadId,
    receivedAt: secondOf([parseDate(message.internalDate ?? ''), sentAt]),
    sentAt: utcOf(sentAt),
    subject,
    from,
    to,
    cc,
    headers: { ...headers, listUnsubscribe: urlList(unsubscribe), listUnsubscribePost: unsubscribePost },
    preview: '',
    size: countValue(message.size),
    hasAttachment,
    attachments,
  };
};
