import { effect, signal } from '@preact/signals';
import { asTernError, type TernError } from '../../../src-shared/errors.ts';
import type { HostCallOutput } from '../../../src-shared/hostCalls.ts';
import type { EmailHead } from '../../../src-shared/model.ts';
import { rowKey, threadKey } from '../lib/keys.ts';
import { mailboxesWithRole } from './accounts.ts';
import { markSeen } from './actions.ts';
import { askHost, call, onEvent } from './line.ts';
import { cursor, opened } from './list.ts';
import { scheme } from './look.ts';
import { cover } from './overlay.ts';
import { showsPictures } from './pictures.ts';
import { shownRole } from './places.ts';
import { these } from './targets.ts';

/** A conversation that is open. `expanded`: the email whose text is shown. */
export type OpenThread = { account: string; thread: string; subject: string; emails: EmailHead[]; expanded: string };

/** What is shown of the expanded email. */
export type OpenBody =
  | { state: 'loading'; email: string }
  | { state: 'ready'; email: string; view: HostCallOutput<'host.view'>; remote: boolean; part: string | null }
  | { state: 'failed'; email: string; error: TernError };

const keyOf = ({ account, thread }: OpenThread): string => threadKey(account, thread);

/** The open conversation; null: none. */
export const openThread = signal<OpenThread | null>(null);
export const openBody = signal<OpenBody | null>(null);

/** Pictures that a view could not have before its address was known here. */
const early = new Map<string, number>();

/** A picture from elsewhere could not be had for the view of this address: the person is told, if that is what is shown. */
export const pictureUnloaded = (url: string): void => {
  const body = openBody.value;
  if (body?.state !== 'ready' || body.view.url !== url) return void early.set(url, (early.get(url) ?? 0) + 1);
  openBody.value = { ...body, view: { ...body.view, unloaded: body.view.unloaded + 1 } };
};

/** Shows an email of the open conversation. `remote`: with what is elsewhere; `part`: a message attached to it. */
export const showEmail = async (email: string, remote = false, part: string | null = null): Promise<void> => {
  const thread = openThread.value;
  if (!thread) return;
  const same = openBody.value?.email === email;
  openThread.value = { ...thread, expanded: email };
  if (!same) openBody.value = { state: 'loading', email };
  const isCurrent = (): boolean =>
    openThread.value !== null && keyOf(openThread.value) === keyOf(thread) && openThread.value.expanded === email;
  try {
    const head = thread.emails.find(({ id }) => id === email);
    const shown = remote || (part === null && (await showsPictures(head)));
    const view = await askHost('host.view', {
      account: thread.account,
      email,
      remoteContent: shown,
      scheme: scheme.value,
      ...(part === null ? {} : { part }),
    });
    const unloaded = view.unloaded + (early.get(view.url) ?? 0);
    early.clear();
    if (isCurrent()) openBody.value = { state: 'ready', email, view: { ...view, unloaded }, remote: shown, part };
  } catch (error) {
    if (isCurrent()) openBody.value = { state: 'failed', email, error: asTernError(error) };
  }
};

const isInTrash = ({ account, mailboxIds }: EmailHead): boolean =>
  mailboxesWithRole(account, 'trash').some((id) => mailboxIds[id]);

const readThread = async (account: string, thread: string): Promise<EmailHead[]> => {
  const { emails } = await call('threads.get', account, { thread });
  const kept = shownRole() === 'trash' ? emails : emails.filter((email) => !isInTrash(email));
  return kept.length > 0 ? kept : emails;
};

/** A draft is not read or unread (RFC 8621 section 2, unreadEmails). */
const isUnread = ({ keywords }: EmailHead): boolean => !keywords['$seen'] && !keywords['$draft'];

/** The row of an open conversation as its emails make it. */
const asNow = (row: EmailHead, emails: readonly EmailHead[]): EmailHead => ({
  ...row,
  ...emails.find(({ id }) => id === row.id),
  threadUnread: emails.filter(isUnread).length,
});

/** Opens the conversation of a row, at its first unread email or its newest, and marks it as read. */
export const openRow = async (row: EmailHead): Promise<void> => {
  const key = rowKey(row);
  cursor.value = key;
  opened.value = row;
  const seen = cover([key], { seen: true });
  openThread.value = {
    account: row.account,
    thread: row.threadId,
    subject: row.subject ?? '',
    emails: [row],
    expanded: row.id,
  };
  openBody.value = { state: 'loading', email: row.id };
  try {
    const emails = await readThread(row.account, row.threadId);
    const now = openThread.value;
    if (!now || keyOf(now) !== key) return;
    const first = emails.find(isUnread) ?? emails.at(-1) ?? row;
    openThread.value = { ...now, emails };
    void showEmail(first.id);
    if (emails.some(isUnread)) {
      await markSeen(these([row]), true, { quietly: true });
      await readAgain();
    }
  } catch (error) {
    if (openThread.value && keyOf(openThread.value) === key)
      openBody.value = { state: 'failed', email: row.id, error: asTernError(error) };
  } finally {
    seen();
  }
};

/** Whether the focus is in the list or the reader, or nowhere: what is typed elsewhere goes on there. */
const isAmongMail = (): boolean => {
  const held = document.activeElement;
  return held === null || held === document.body || held.closest('.list, .reader') !== null;
};

/** Closes the conversation; the list has the person's attention again, where the reader had it. */
export const closeThread = (): void => {
  if (openThread.value && isAmongMail()) document.getElementById('list')?.focus({ preventScroll: true });
  openThread.value = null;
  openBody.value = null;
  opened.value = null;
};

/** The email of the conversation that is so many places after the expanded one, shown. */
export const stepEmail = (by: number): void => {
  const thread = openThread.value;
  if (!thread) return;
  const at = thread.emails.findIndex(({ id }) => id === thread.expanded) + by;
  const email = thread.emails[at];
  if (email) void showEmail(email.id);
};

/** The email that commands in an open conversation are about. */
export const expandedEmail = (): EmailHead | null =>
  openThread.value?.emails.find(({ id }) => id === openThread.value?.expanded) ?? null;

const readAgain = async (): Promise<void> => {
  const thread = openThread.value;
  if (!thread) return;
  const emails = await readThread(thread.account, thread.thread).catch(asTernError);
  const now = openThread.value;
  if (!now || keyOf(now) !== keyOf(thread)) return;
  if (!Array.isArray(emails)) {
    // What could not be read for another reason is still there.
    if (emails.kind === 'notFound') closeThread();
    return;
  }
  openThread.value = { ...now, emails };
  if (opened.value) opened.value = asNow(opened.value, emails);
  if (!emails.some(({ id }) => id === now.expanded)) void showEmail(emails.at(-1)?.id ?? '');
};

/** Keeps an open conversation in step with the mail, and its look with the window's. */
export const followReader = (): void => {
  onEvent('changed', ({ account, threads }) => {
    const open = openThread.value;
    if (open?.account === account && (threads === undefined || threads.includes(open.thread))) void readAgain();
  });
  let shown = scheme.peek();
  effect(() => {
    if (scheme.value === shown) return;
    shown = scheme.value;
    const body = openBody.peek();
    if (body?.state === 'ready') void showEmail(body.email, body.remote, body.part);
  });
};
