import type { Cycle } from '../../src-shared/contractRows.ts';
import type { EmailHead, Mailbox } from '../../src-shared/model.ts';
import { cellsOf, column, cut, oneLine, paragraph, type Screen } from './screen.ts';

/** What `Screen` tells a view. */
type Frame = Pick<Screen, 'width' | 'paint'>;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');
const clockTime = (date: Date): string => `${two(date.getHours())}:${two(date.getMinutes())}`;
const dayOf = (date: Date): string => `${date.getDate()} ${months[date.getMonth()]}`;

/** A number as people write it: 3,000. */
export const count = (value: number): string => value.toLocaleString('en');
/** A noun with its number: 1 message, 3,000 messages. */
export const some = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
/** A time span in ms or seconds. */
export const span = (ms: number): string =>
  ms < 995 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;

const size = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** Short: the time today, the day this year, else the month. In the time zone of this computer. */
const shortDate = (iso: string, now = new Date()): string => {
  const date = new Date(iso);
  if (date.toDateString() === now.toDateString()) return clockTime(date);
  return date.getFullYear() === now.getFullYear() ? dayOf(date) : `${months[date.getMonth()]} ${date.getFullYear()}`;
};

const senderOf = ({ from }: EmailHead): string => {
  const [first] = from;
  return oneLine(first?.name || first?.email || '(nobody)');
};

const isUnread = ({ keywords }: EmailHead): boolean => !keywords['$seen'] && !keywords['$draft'];

/** What the marks before an email mean. */
export const legend = ({ paint }: Frame): string =>
  paint.dim(
    `   ${paint.mark('●')} unread   ${paint.mark('★')} flagged   @ attachment   (3) emails in the conversation`,
  );

/** An email as one line of a list. */
export const emailLine = ({ width, paint }: Frame, email: EmailHead): string => {
  const unread = isUnread(email) || (email.threadUnread ?? 0) > 0;
  const marks = [
    unread ? paint.mark('●') : ' ',
    email.keywords['$flagged'] ? paint.mark('★') : ' ',
    email.hasAttachment ? '@' : ' ',
  ];
  const loud = unread ? paint.bold : (text: string) => text;
  const date = shortDate(email.receivedAt).padStart(8);
  const senderWidth = Math.max(10, Math.min(22, Math.floor(width / 4)));
  const rest = Math.max(10, width - 3 - 3 - 1 - 8 - 2 - senderWidth - 2);
  const thread = (email.threadSize ?? 1) > 1 ? ` (${email.threadSize})` : '';
  const subject = cut(oneLine(email.subject ?? '(no subject)'), rest - thread.length);
  const left = rest - cellsOf(subject) - thread.length;
  const preview = left > 10 ? ` – ${cut(oneLine(email.preview), left - 3)}` : '';
  const words = loud(subject) + paint.dim(thread + preview);
  return `   ${marks.join('')} ${paint.dim(date)}  ${loud(column(senderOf(email), senderWidth))}  ${words}`;
};

/** The mailboxes as a tree with their counters. */
export const mailboxTree = ({ paint }: Frame, mailboxes: readonly Mailbox[]): string[] => {
  const rows: { label: string; box: Mailbox }[] = [];
  const visit = (parentId: string | null, depth: number): void => {
    const children = mailboxes.filter((box) => box.parentId === parentId);
    children.sort((a, b) => a.sortOrder - b.sortOrder || a.name.localeCompare(b.name));
    for (const box of children) {
      rows.push({ label: `${'  '.repeat(depth)}${oneLine(box.name)}`, box });
      visit(box.id, depth + 1);
    }
  };
  visit(null, 0);
  const labels = Math.max(16, ...rows.map(({ label }) => cellsOf(label)));
  const line = ({ label, box }: (typeof rows)[number]): string => {
    const unread = box.unreadEmails > 0;
    const numbers = (unread ? count(box.unreadEmails) : '–').padStart(8);
    const name = column(label, labels);
    return `   ${unread ? paint.bold(name + numbers) : name + numbers} ${paint.dim(count(box.totalEmails).padStart(8))}`;
  };
  return [paint.dim(`   ${' '.repeat(labels)}  unread    total`), ...rows.map(line)];
};

/** A conversation, oldest first. */
export const threadView = ({ width, paint }: Frame, emails: readonly EmailHead[]): string[] => {
  const subject = oneLine(emails[0]?.subject ?? '(no subject)');
  const bar = paint.dim('│');
  const messages = emails.flatMap((email) => {
    const date = new Date(email.receivedAt);
    const who = isUnread(email) ? `${paint.mark('●')} ${paint.bold(senderOf(email))}` : senderOf(email);
    const text = paragraph(oneLine(email.preview), width - 7, 2);
    return [
      `   ${bar} ${who}${paint.dim(`, ${dayOf(date)} ${clockTime(date)}`)}`,
      ...text.map((line) => `   ${bar}   ${line}`),
    ];
  });
  return [`   ${paint.bold(cut(subject, width - 20))}${paint.dim(`  ${some(emails.length, 'email')}`)}`, ...messages];
};

const starters: Record<Cycle['trigger'], string> = {
  start: 'first sync',
  poll: 'by the clock',
  push: 'by a push',
  change: 'after a change',
  wake: 'after sleep',
  person: 'sync.now',
};

/** What the sync log says, oldest first. */
export const cycleTable = ({ paint }: Frame, cycles: readonly Cycle[]): string[] => {
  const rows = cycles.map(({ trigger, startedAt, finishedAt, roundTrips, bytes, counts, result, error }) => {
    const ms = Date.parse(finishedAt) - Date.parse(startedAt);
    const rate =
      counts.created >= 100 && ms > 0 ? `, ${count(Math.round((counts.created / ms) * 1000))} per second` : '';
    const did = `${count(counts.created)} new, ${count(counts.updated)} changed${rate}`;
    return [
      starters[trigger],
      span(ms),
      count(roundTrips),
      size(bytes),
      result === 'ok' ? did : `failed: ${error?.kind}`,
    ];
  });
  const line = ([what = '', took = '', trips = '', bytes = '', did = '']: string[]): string =>
    `   ${what.padEnd(14)} ${took.padStart(8)} ${trips.padStart(12)} ${bytes.padStart(10)}   ${did}`;
  return [paint.dim(line(['started by', 'took', 'round trips', 'received', 'messages'])), ...rows.map(line)];
};

/** What the numbers and the phase beside a progress bar take, and a margin: a line that wraps cannot be redrawn. */
const besideBar = 40;

/** A bar for `done` of `total`. */
export const progressBar = ({ width, paint }: Frame, done: number, total: number): string => {
  const full = Math.max(4, Math.min(36, width - besideBar));
  const filled = total > 0 ? Math.round((Math.min(done, total) / total) * full) : 0;
  return `${paint.good('█'.repeat(filled))}${paint.dim('░'.repeat(full - filled))}`;
};
