import type { Address } from '../../../src-shared/model.ts';
import type { MailServer } from '../mailServer.ts';
import type { ServerMail } from './model.ts';
import { createRandom } from './random.ts';
import { junkSubjects, newsletters, notices } from './sampleSenders.ts';
import { type Conversation, conversations, people, slots } from './sampleWords.ts';

/** A made-up mail; `mailboxes` are paths such as 'Inbox' or 'Projects/Tern', which `deliverSample` turns into ids. */
export type SampleMail = Omit<ServerMail, 'mailboxIds'> & { receivedAt: Date; mailboxes: string[] };

/** The same seed and now make the same mail, always. */
export type SampleOptions = { seed?: number; now?: Date; me?: Address };

type Thread = {
  about: Conversation;
  subject: string;
  who: Address[];
  ids: string[];
  last: Address;
  left: number;
  /** What the placeholders stand for throughout the thread. */
  values: Map<string, string>;
};

type Maker = {
  random: () => number;
  pick: <T>(items: readonly [T, ...T[]] | readonly T[]) => T;
  fill: (template: string, values?: Map<string, string>) => string;
  me: Address;
  now: number;
  nextId: (email: string) => string;
};

const day = 86_400_000;

const createMaker = (seed: number, now: number, me: Address): Maker => {
  const random = createRandom(seed);
  let made = 0;
  const pick = <T>(items: readonly T[]): T => {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new Error('Nothing to pick from');
    return item;
  };
  const fill = (template: string, values = new Map<string, string>()) =>
    template.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
      const value = values.get(name) ?? pick(slots[name] ?? [name]);
      values.set(name, value);
      return value;
    });
  const nextId = (email: string) => `${seed.toString(36)}.${(++made).toString(36)}@${email.split('@')[1] ?? 'example'}`;
  return { random, pick, fill, me, now, nextId };
};

/** Hours at which mail comes: few at night, most by day. */
const hours = [6, 7, 8, 8, 9, 9, 9, 10, 10, 10, 11, 11, 12, 13, 14, 14, 15, 15, 16, 16, 17, 18, 19, 20, 21, 22, 23, 1];

/** Some forty mails a day for as long as it takes, but no more than six years of them; oldest first. */
const makeTimes = ({ random, pick, now }: Maker, count: number): number[] => {
  const days = Math.min(2200, Math.max(3, count / 40));
  const midnight = now - (now % day);
  const times = Array.from({ length: count }, () => {
    const start = midnight - Math.floor(random() * days) * day;
    const weekend = [0, 6].includes(new Date(start).getUTCDay()) && random() < 0.6;
    const time = (weekend ? start - 2 * day : start) + pick(hours) * 3_600_000 + Math.floor(random() * 3600) * 1000;
    return time < now ? time : now - Math.floor(random() * 6 * 3600) * 1000;
  });
  return times.toSorted((a, b) => a - b);
};

/** Placeholders that each reply fills anew. */
const fleeting = new Set(['weekday', 'time', 'number', 'amount']);

const greeting = ({ name, email }: Address): string => (name ?? email).split(/[ @]/)[0] ?? '';

const seenBy = ({ random, now }: Maker, at: number, care: number): string[] => {
  const age = (now - at) / day;
  const unread = age < 2 ? 0.55 : age < 14 ? 0.12 : 0.004;
  return random() < unread * care ? [] : ['$seen'];
};

const openThread = (maker: Maker): Thread => {
  const about = maker.pick(conversations);
  const circle = people[about.circle];
  const first = maker.pick(circle);
  const others = [maker.pick(circle), maker.pick(circle)].filter((other) => other !== first && maker.random() < 0.25);
  const left = maker.random() < 0.35 ? 1 : 2 + Math.floor(maker.random() * 6);
  const values = new Map<string, string>();
  const subject = maker.fill(maker.pick(about.subjects), values);
  return { about, subject, who: [first, ...new Set(others)], ids: [], last: first, left, values };
};

const conversationMailboxes = ({ random, now }: Maker, thread: Thread, at: number, mine: boolean): string[] => {
  if (mine) return ['Sent'];
  const age = (now - at) / day;
  if (thread.about.mailbox) return age < 3 && random() < 0.5 ? ['Inbox', thread.about.mailbox] : [thread.about.mailbox];
  if (random() < 0.03) return ['Trash'];
  return age > 21 && random() < 0.85 ? ['Archive'] : ['Inbox'];
};

const conversationMail = (maker: Maker, thread: Thread, at: number): SampleMail => {
  const { random, pick, fill, me } = maker;
  const opening = thread.ids.length === 0;
  const mine = opening ? thread.who.length > 1 && random() < 0.3 : thread.last !== me && random() < 0.55;
  const from = mine ? me : opening ? (thread.who[0] ?? me) : pick(thread.who);
  const to = mine ? thread.who.slice(0, 1) : [me];
  const cc = thread.who.filter((person) => person !== from && !to.includes(person));
  const { openers, replies, file, keyword } = thread.about;
  const values = opening ? thread.values : new Map([...thread.values].filter(([name]) => !fleeting.has(name)));
  const words = fill(pick(opening ? openers : replies), values);
  const hello = /^(Dear|Hello)/.test(words) ? '' : `Hi ${greeting(to[0] ?? me)},\n\n`;
  const text = `${hello}${words}\n\n${greeting(from)}\n`;
  const keywords = mine ? ['$seen'] : seenBy(maker, at, 1);
  if (keyword && random() < 0.4) keywords.push(keyword);
  if (random() < 0.03) keywords.push('$flagged');
  if (!mine && keywords.includes('$seen') && random() < 0.4) keywords.push('$answered');
  const messageId = maker.nextId(from.email);
  const parent = thread.ids.at(-1);
  const mail: SampleMail = {
    subject: opening ? thread.subject : `Re: ${thread.subject}`,
    from,
    to,
    text,
    receivedAt: new Date(at),
    keywords,
    mailboxes: conversationMailboxes(maker, thread, at, mine),
    messageId,
  };
  if (cc.length > 0) mail.cc = cc;
  if (parent !== undefined) Object.assign(mail, { inReplyTo: parent, references: thread.ids.slice(-12) });
  if (file && opening) mail.attachments = [{ ...file, size: 20_000 + Math.floor(random() * 900_000) }];
  thread.ids.push(messageId);
  thread.last = from;
  thread.left--;
  return mail;
};

const newsletterMail = (maker: Maker, at: number): SampleMail => {
  const { random, pick, fill, me, now } = maker;
  const { name, email, subjects } = pick(newsletters);
  const values = new Map<string, string>();
  const subject = fill(pick(subjects), values);
  const lead = fill('A short letter about {topic}, a walk through {city}, and what to do on {weekday}.', values);
  const old = (now - at) / day > 5;
  const place = old && random() < 0.3 ? 'Trash' : old && random() < 0.4 ? 'Archive' : 'Inbox';
  const domain = email.split('@')[1] ?? 'example';
  return {
    subject,
    from: { name, email },
    to: [me],
    text: `${subject}\n\n${lead}\n\nRead on: https://www.${domain}/latest\nUnsubscribe: https://www.${domain}/bye\n`,
    html: `<h1>${subject}</h1><p>${lead}</p><p><a href="https://www.${domain}/latest">Read on</a></p>`,
    receivedAt: new Date(at),
    keywords: seenBy(maker, at, 1.5),
    mailboxes: [place],
    messageId: maker.nextId(email),
    headers: {
      'List-Id': `${name} <list.${domain}>`,
      'List-Unsubscribe': `<https://www.${domain}/bye?u=${Math.floor(random() * 1e6)}>, <mailto:bye@${domain}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
  };
};

const noticeMail = (maker: Maker, at: number): SampleMail => {
  const { pick, fill, me, random, now } = maker;
  const { name, email, subject, keyword, pdf } = pick(notices);
  const values = new Map<string, string>();
  const title = fill(subject, values);
  const mail: SampleMail = {
    subject: title,
    from: { name, email },
    to: [me],
    text: fill(
      `Hello Alice,\n\n${title}.\n\nReference {order}, total {amount}. Please do not answer this mail.\n\n${name}\n`,
      values,
    ),
    receivedAt: new Date(at),
    keywords: [...seenBy(maker, at, 0.8), ...(keyword === '' ? [] : [keyword])],
    mailboxes: [keyword === 'tern' ? 'Projects/Tern' : (now - at) / day > 14 && random() < 0.8 ? 'Archive' : 'Inbox'],
    messageId: maker.nextId(email),
  };
  if (pdf)
    mail.attachments = [{ name: `${name}.pdf`, type: 'application/pdf', size: 30_000 + Math.floor(random() * 2e5) }];
  return mail;
};

const junkMail = ({ pick, fill, random, me, nextId }: Maker, at: number): SampleMail => {
  const email = `info${Math.floor(random() * 900)}@deals-${Math.floor(random() * 90)}.example`;
  return {
    subject: fill(pick(junkSubjects)),
    from: { name: pick(['Customer Care', 'Support Team', 'Dr. Winner', '']), email },
    to: [me],
    text: fill('Dear customer,\n\nyou have {number} minutes left to claim {amount}. Click below.\n'),
    receivedAt: new Date(at),
    keywords: ['$junk'],
    mailboxes: ['Junk'],
    messageId: nextId(email),
  };
};

const draftMail = (maker: Maker, at: number): SampleMail => {
  const thread = openThread(maker);
  const mail = conversationMail(maker, { ...thread, ids: [], last: maker.me, left: 1 }, at);
  return { ...mail, from: maker.me, to: thread.who.slice(0, 1), keywords: ['$draft', '$seen'], mailboxes: ['Drafts'] };
};

/** Mail that a person could have, oldest first: conversations in threads, newsletters, notices, junk, drafts. */
export const sampleMail = (count: number, options: SampleOptions = {}): SampleMail[] => {
  const { seed = 1, now = new Date('2026-11-20T09:00:00Z') } = options;
  const me = options.me ?? { name: 'Alice Martin', email: 'alice@example.test' };
  const maker = createMaker(seed, now.getTime(), me);
  const threads: Thread[] = [];
  return makeTimes(maker, count).map((at) => {
    const kind = maker.random();
    if (kind < 0.18) return newsletterMail(maker, at);
    if (kind < 0.36) return noticeMail(maker, at);
    if (kind < 0.39) return junkMail(maker, at);
    if (kind < 0.395) return draftMail(maker, at);
    const fresh = threads.length < 8 || maker.random() < 0.3;
    const thread = fresh ? openThread(maker) : maker.pick(threads);
    if (fresh) threads.push(thread);
    const mail = conversationMail(maker, thread, at);
    if (thread.left <= 0) threads.splice(threads.indexOf(thread), 1);
    return mail;
  });
};

const roles: Record<string, string> = {
  Inbox: 'inbox',
  Archive: 'archive',
  Drafts: 'drafts',
  Sent: 'sent',
  Junk: 'junk',
  Trash: 'trash',
};

/** Puts sample mail on any test server, makes the mailboxes that are missing, and answers the remote ids. */
export const deliverSample = async (server: MailServer, mails: readonly SampleMail[]): Promise<string[]> => {
  const { mailboxes } = await server.truth();
  const known = new Map<string, string>();
  const child = (name: string, parentId: string | null): string | undefined =>
    Object.entries(mailboxes).find(([, box]) => box.name === name && box.parentId === parentId)?.[0];
  const resolve = async (path: string): Promise<string> => {
    const cut = path.lastIndexOf('/');
    const name = path.slice(cut + 1);
    const parentId = cut < 0 ? undefined : (known.get(path.slice(0, cut)) ?? (await resolve(path.slice(0, cut))));
    const byRole = Object.entries(mailboxes).find(([, box]) => box.role !== null && box.role === roles[path])?.[0];
    const id = byRole ?? child(name, parentId ?? null) ?? (await server.createMailbox(name, parentId));
    known.set(path, id);
    return id;
  };
  const ready: ServerMail[] = [];
  for (const { mailboxes: paths, ...mail } of mails) {
    const mailboxIds: string[] = [];
    for (const path of paths) mailboxIds.push(known.get(path) ?? (await resolve(path)));
    ready.push({ ...mail, mailboxIds });
  }
  return server.deliver(ready);
};
