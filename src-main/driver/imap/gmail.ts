import type { ImapConnection } from './connection.ts';
import type { Matched } from './matching.ts';

// Gmail's dialect (X-GM-EXT-1, https://developers.google.com/workspace/gmail/imap/imap-extensions): a mailbox is a label of
// one message. All Mail has every message that is neither spam nor trash, and X-GM-LABELS tells where else it is shown. So
// three mailboxes are synced, and all others are views of the first.

/** Keys of mailboxes by the label that stands for them, in lower case. */
export type Labels = ReadonlyMap<string, string>;

/** Labels of special mailboxes by their attribute (RFC 6154). */
const SYSTEM_LABELS: Record<string, string> = {
  '\\sent': '\\Sent',
  '\\drafts': '\\Draft',
  '\\flagged': '\\Starred',
  '\\important': '\\Important',
};

const isAllMail = ({ attributes }: Matched): boolean => attributes.has('\\all');

/** True for spam and trash, which hold what All Mail does not. */
export const isBin = (mailbox: Matched | undefined): boolean =>
  mailbox !== undefined && (mailbox.attributes.has('\\junk') || mailbox.attributes.has('\\trash'));

/** Says of each mailbox whether it is a view, and hands All Mail the labels; on other servers they stay as they are. */
export const withViews = (connection: ImapConnection, mailboxes: Matched[]): Matched[] => {
  if (!connection.has('X-GM-EXT-1') || !mailboxes.some(isAllMail)) return mailboxes;
  const views = mailboxes.filter((each) => each.status !== null && !isAllMail(each) && !isBin(each));
  const labels: Labels = new Map(views.map((each) => [labelOf(each).toLowerCase(), each.key]));
  const isView = new Set(views.map(({ key }) => key));
  return mailboxes.map((each) => ({
    ...each,
    isView: isView.has(each.key),
    ...(isAllMail(each) ? { labels } : {}),
  }));
};

/** The label that stands for a mailbox. */
export const labelOf = ({ path, attributes }: Pick<Matched, 'path' | 'attributes'>): string => {
  if (path === 'INBOX') return '\\Inbox';
  const special = Object.keys(SYSTEM_LABELS).find((name) => attributes.has(name));
  return special === undefined ? path : (SYSTEM_LABELS[special] ?? path);
};

/** Keys of the mailboxes that a message of All Mail is in. A label without a mailbox is hidden from IMAP. */
export const mailboxesByLabels = (key: string, labels: Labels, own: readonly string[]): string[] => [
  ...new Set([key, ...own.flatMap((label) => labels.get(label.toLowerCase()) ?? [])]),
];

/** The labels as a text that differs when they do. */
export const labelsText = (labels: Labels | undefined): string | null =>
  labels
    ? [...labels]
        .map(([label, key]) => `${label}=${key}`)
        .toSorted()
        .join(' ')
    : null;
