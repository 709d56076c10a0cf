import { messageIdOf } from '../jmap/emailSteps.ts';
import { rawMessage } from '../jmap/mime.ts';
import type { ServerMail, StoredThread } from '../jmap/model.ts';
import { createThreading } from '../jmap/threads.ts';
import { fieldsOf, valueOf } from './header.ts';
import { type MimePart, parseMime } from './mimeTree.ts';
import type { Account, Message } from './model.ts';

/** A mail to deliver; with `raw`, its bytes are these, whatever the other fields say. */
export type ImapMail = ServerMail & { raw?: Buffer };

const defaultStart = Date.UTC(2026, 0, 1, 8);
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
  const make = (mail: ServerMail, at: number | null, raw: (facts: Omit<Message, 'raw'>) => Buffer): Message => {
    const seq = ++counts.messages;
    const threadId = threadFor(messageIdOf(mail, seq), mail);
    threads.set(threadId, { id: threadId, emails: [] });
    const facts = { seq, emailId: `M${seq}`, threadId, at: wholeSecond(at ?? defaultStart + seq * 60_000) };
    let made: Buffer | undefined;
    return { ...facts, raw: () => (made ??= raw(facts)) };
  };
  const ofBytes = (bytes: Buffer, at: number | null): Message => make(threadFields(bytes), at, () => bytes);
  return {
    ofBytes,
    ofMail: (mail) => {
      const at = mail.receivedAt?.getTime() ?? null;
      if (mail.raw) return ofBytes(mail.raw, at);
      return make(mail, at, ({ emailId: id, seq, threadId, at: receivedAt }) =>
        rawMessage({ id, seq, threadId, receivedAt, mail, mailboxIds: [], keywords: [], size: 0, override: null }),
      );
    },
  };
};

/** A message taken apart: its octets in latin1, and its tree. */
export type Parsed = { text: string; root: MimePart };

const parsed = new WeakMap<Message, Parsed>();

/** Takes a message apart, once. */
export const parseMessage = (message: Message): Parsed => {
  const known = parsed.get(message);
  if (known) return known;
  const text = message.raw().toString('latin1');
  const fresh = { text, root: parseMime(text) };
  parsed.set(message, fresh);
  return fresh;
};
