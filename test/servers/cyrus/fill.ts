import type { RawImap } from '../imap/rawImap.ts';
import { APPEND_BATCH, append } from '../imap/rawImapAppend.ts';
import { type Message, toMessage } from './message.ts';

/** `size`: bytes of each body, 1,600 unless told, which makes some 2 kB a message. */
export type FillOptions = { size?: number };

const people = [
  ['Bob Marley', 'bob'],
  ['Zoë Kröger', 'zoe'],
  ['Carol Jones', 'carol'],
  ['Dave Ng', 'dave'],
  ['Erin Walsh', 'erin'],
  ['Frank Ocean', 'frank'],
  ['Grace Hopper', 'grace'],
  ['Build Bot', 'noreply'],
] as const;
const words =
  'about after again agenda answer before budget build change client contract could date design draft early email every first friday good hello invoice late later meeting minutes monday needs next notes offer order paper people plan please price project question quite reply report review room schedule server soon team thanks their there thing ticket time today tomorrow train travel update version visit week which work would'.split(
    ' ',
  );
/** Names that Cyrus gives the mailboxes, with their share of a hundred mails. */
const shares = [
  ['INBOX', 50],
  ['Archive', 30],
  ['Sent', 12],
  ['Junk', 4],
  ['Trash', 4],
] as const;

/** A deterministic stream of numbers in [0, below) that depends on `seed` alone. */
const dice = (seed: number): ((below: number) => number) => {
  let state = (seed + 1) * 0x9e3779b1;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
};

const person = (roll: (below: number) => number): { name: string; email: string } => {
  const [name, local] = people[roll(people.length)] ?? people[0];
  return { name, email: `${local}${roll(25)}@example.test` };
};

const prose = (roll: (below: number) => number, size: number): string => {
  let text = '';
  let line = 0;
  while (text.length < size) {
    const word = words[roll(words.length)] ?? '';
    const end = line + word.length > 68;
    text += end ? `${word}.\r\n` : `${word} `;
    line = end ? 0 : line + word.length + 1;
  }
  return text;
};

const subjectOf = (index: number): string => {
  const roll = dice(index * 2 + 1);
  return Array.from({ length: 2 + roll(5) }, () => words[roll(words.length)] ?? '').join(' ');
};

const messageId = (index: number): string => `fill-${index}@example.test`;

const keywordsOf = (roll: (below: number) => number): string[] => [
  ...(roll(5) > 0 ? ['$seen'] : []),
  ...(roll(25) === 0 ? ['$flagged'] : []),
  ...(roll(8) === 0 ? ['$answered'] : []),
  ...(roll(50) === 0 ? ['$forwarded'] : []),
];

const mailboxOf = (roll: (below: number) => number): string => {
  let left = roll(100);
  for (const [name, share] of shares) {
    if (left < share) return name;
    left -= share;
  }
  return 'INBOX';
};

/** The mail of that number: always the same. Three of ten answer a mail some twenty before. */
export const madeMail = (index: number, size: number): { mailbox: string; message: Message } => {
  const roll = dice(index * 2);
  const mailbox = mailboxOf(roll);
  const parent = index - 1 - roll(20);
  const replies = roll(10) < 3 && parent >= 0;
  const message = toMessage({
    subject: replies ? `Re: ${subjectOf(parent)}` : subjectOf(index),
    from: person(roll),
    to: Array.from({ length: 1 + roll(3) }, () => person(roll)),
    text: prose(roll, size),
    // Twenty-five minutes apart, from 2020 on: 20,000 mails are about a year.
    receivedAt: new Date(Date.UTC(2020, 0, 1) + index * 1_500_000 + roll(900) * 1000),
    keywords: keywordsOf(roll),
    messageId: messageId(index),
    ...(replies ? { inReplyTo: messageId(parent) } : {}),
  });
  return { mailbox, message };
};

/** Appends the mails numbered `from` up to `from + count`, each mailbox in batches as they come together. */
export const fillMails = async (
  imap: RawImap,
  from: number,
  count: number,
  { size = 1600 }: FillOptions = {},
): Promise<void> => {
  const collected = new Map<string, Message[]>();
  for (let index = from; index < from + count; index += 1) {
    const { mailbox, message } = madeMail(index, size);
    const some = collected.get(mailbox) ?? [];
    collected.set(mailbox, some);
    some.push(message);
    if (some.length === APPEND_BATCH) await append(imap, mailbox, some.splice(0));
  }
  for (const [mailbox, some] of collected) if (some.length > 0) await append(imap, mailbox, some);
};
