import { messageIdOf } from '../jmap/emailSteps.ts';
import { rawMessage, rawSize } from '../jmap/mime.ts';
import type { ServerMail, StoredEmail, StoredThread } from '../jmap/model.ts';
import { createThreading } from '../jmap/threads.ts';
import type { TestAttachment } from '../mailServer.ts';
import { fieldsOf, valueOf } from './header.ts';
import { type MimePart, parseMime } from './mimeTree.ts';
import type { Account, Message } from './model.ts';

/** A mail to deliver; with `raw`, its bytes are these, whatever the other fields say. */
export type ImapMail = ServerMail & { raw?: Buffer };

const defaultStart = Date.UTC(2026, 0, 1, 8);
/** Octets of a made-up file at most. */
const MADE_UP = 2000;
const wholeSecond = (ms: number): number => Math.floor(ms / 1000) * 1000;

/** Makes messages of one account, threaded by Message-ID, In-Reply-To and References. */
export type Maker = {
  /** Without a date: a minute after the one before. */
  ofMail(mail: ImapMail): Message;
  ofBytes(raw: Buffer, at: number | null): Message;
};

const idsIn = (text: string | null): string[] => text?.match(/<[^<>\s]+>/g) ?? [];

/** The fields of a raw message that thread it. */
const threadFields = (raw: Buffer): ServerMail => {
  const text = raw.toString('latin1');
  const gap = text.indexOf('\r\n\r\n');
  const fields = fieldsOf(gap < 0 ? text : text.slice(0, gap));
  const [messageId] = idsIn(valueOf(fields, 'Message-ID'));
  const [inReplyTo] = idsIn(valueOf(fields, 'In-Reply-To'));
  const references = idsIn(valueOf(fields, 'References'));
  return { references, ...(messageId ? { messageId } : {}), ...(inReplyTo ? { inReplyTo } : {}) };
};

/** A maker for an account, which counts them. */
export const createMaker = ({ counts }: Account): Maker => {
  const threads = new Map<string, StoredThread>();
  const threadFor = createThreading(threads);
  const factsOf = (mail: ServerMail, at: number | null): Omit<Message, 'raw' | 'size'> => {
    const seq = ++counts.messages;
    const threadId = threadFor(messageIdOf(mail, seq), mail);
    threads.set(threadId, { id: threadId, emails: [] });
    return { seq, emailId: `M${seq}`, threadId, at: wholeSecond(at ?? defaultStart + seq * 60_000) };
  };
  const ofBytes = (bytes: Buffer, at: number | null): Message => {
    return { ...factsOf(threadFields(bytes), at), raw: () => bytes, size: () => bytes.length };
  };
  return {
    ofBytes,
    ofMail: (mail) => {
      const at = mail.receivedAt?.getTime() ?? null;
      if (mail.raw) return ofBytes(mail.raw, at);
      const facts = factsOf(mail, at);
      const stored = storedEmail(facts, lightened(mail));
      return { ...facts, raw: () => rawMessage(stored), size: () => rawSize(stored) };
    },
  };
};

/** Files that are made up are small ones: IMAP, unlike JMAP, cannot tell of a message without making its bytes. */
const lightened = (mail: ServerMail): ServerMail => {
  const { attachments } = mail;
  if (!attachments) return mail;
  const light = ({ size = MADE_UP, ...file }: TestAttachment) => ({ ...file, size: Math.min(size, MADE_UP) });
  return { ...mail, attachments: attachments.map(light) };
};

/** The mail as `jmap/mime.ts` writes messages of. */
const storedEmail = (
  { emailId: id, seq, threadId, at }: Omit<Message, 'raw' | 'size'>,
  mail: ServerMail,
): StoredEmail => {
  return { id, seq, threadId, receivedAt: at, mail, mailboxIds: [], keywords: [], size: 0, override: null };
};

/** A message taken apart: its octets in latin1, and its tree. */
export type Parsed = { text: string; root: MimePart };

/** Messages that were taken apart last; made-up files are too large to keep them all. */
const parsed = new Map<Message, Parsed>();
const KEPT = 200;

/** Takes a message apart. */
export const parseMessage = (message: Message): Parsed => {
  const known = parsed.get(message);
  if (known) return known;
  const text = message.raw().toString('latin1');
  const fresh = { text, root: parseMime(text) };
  if (parsed.size >= KEPT) parsed.clear();
  parsed.set(message, fresh);
  return fresh;
};
