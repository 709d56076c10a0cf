import { type Address, rightNames } from '../../../src-shared/model.ts';
import {
  DELETED,
  type MailboxCounts,
  type RemoteEmail,
  type RemoteEmailState,
  type RemoteMailbox,
} from '../../../src-shared/remote.ts';
import { countValue as count, secondOf, textValue as text, urlList, utcOf } from '../values.ts';
import { attachmentsOf, plainBodyOf, shownParts } from './body.ts';

type Json = Record<string, unknown>;

/** What Tern reads of an email it does not hold yet: RFC 8621 section 4.1. */
export const emailProperties = [
  'id',
  'blobId',
  'threadId',
  'mailboxIds',
  'keywords',
  'size',
  'receivedAt',
  'messageId',
  'inReplyTo',
  'references',
  'sender',
  'from',
  'to',
  'cc',
  'bcc',
  'replyTo',
  'subject',
  'sentAt',
  'hasAttachment',
  'preview',
  'attachments',
  'header:List-Unsubscribe:asURLs',
  'header:List-Unsubscribe-Post:asText',
];

/** What can change of an email that is held. */
export const stateProperties = ['id', 'mailboxIds', 'keywords'];

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const texts = (value: unknown): string[] => list(value).flatMap((item) => text(item) ?? []);
const chosen = (value: unknown): string[] =>
  Object.entries(object(value)).flatMap(([key, on]) => (on === true ? key : []));

/** Addresses that have one; anything else is none. */
export const addressesOf = (value: unknown): Address[] =>
  list(value).flatMap((item) => {
    const { name, email } = object(item);
    return text(email) === null && text(name) === null ? [] : [{ name: text(name), email: text(email) ?? '' }];
  });

/** The changing half of an email; null for something without an id. */
export const emailStateOf = (value: unknown): RemoteEmailState | null => {
  const json = object(value);
  const remoteId = text(json['id']);
  if (!remoteId) return null;
  return {
    remoteId,
    mailboxIds: chosen(json['mailboxIds']),
    keywords: chosen(json['keywords'])
      .map((keyword) => keyword.toLowerCase())
      .filter((keyword) => keyword !== DELETED),
  };
};

/** An email as the server describes it, however badly: what is missing or absurd gets a plain value. */
export const emailOf = (value: unknown): RemoteEmail | null => {
  const state = emailStateOf(value);
  if (!state) return null;
  const json = object(value);
  const body = plainBodyOf(json);
  return {
    ...state,
    blobId: text(json['blobId']),
    threadRemoteId: text(json['threadId']) || `email:${state.remoteId}`,
    receivedAt: secondOf([json['receivedAt'], json['sentAt']]),
    sentAt: utcOf(json['sentAt']),
    subject: text(json['subject']),
    from: addressesOf(json['from']),
    to: addressesOf(json['to']),
    cc: addressesOf(json['cc']),
    headers: {
      bcc: addressesOf(json['bcc']),
      replyTo: addressesOf(json['replyTo']),
      sender: addressesOf(json['sender']),
      messageId: texts(json['messageId']),
      inReplyTo: texts(json['inReplyTo']),
      references: texts(json['references']),
      listUnsubscribe: urlList(texts(json['header:List-Unsubscribe:asURLs'])),
      listUnsubscribePost: text(json['header:List-Unsubscribe-Post:asText'])?.slice(0, 200) ?? null,
    },
    preview: (text(json['preview']) ?? '').slice(0, 256).toWellFormed(),
    size: count(json['size']),
    hasAttachment: json['hasAttachment'] === true,
    attachments: [...attachmentsOf(json['attachments']), ...shownParts(json)],
    ...(body ? { body } : {}),
  };
};

/** The counters alone, of an answer whose `updatedProperties` named nothing else (RFC 8621 section 2.2). */
export const countsOf = (value: unknown): MailboxCounts | null => {
  const json = object(value);
  const remoteId = text(json['id']);
  if (!remoteId || typeof json['totalEmails'] !== 'number' || typeof json['unreadEmails'] !== 'number') return null;
  return { remoteId, totalEmails: count(json['totalEmails']), unreadEmails: count(json['unreadEmails']) };
};

/** A mailbox as the server describes it; null for something without an id. Rights it does not name are not given. */
export const mailboxOf = (value: unknown): RemoteMailbox | null => {
  const json = object(value);
  const remoteId = text(json['id']);
  if (!remoteId) return null;
  const rights = object(json['myRights']);
  return {
    remoteId,
    name: text(json['name']) ?? '',
    parentRemoteId: text(json['parentId']),
    role: text(json['role'])?.toLowerCase() ?? null,
    sortOrder: count(json['sortOrder']),
    isSubscribed: json['isSubscribed'] !== false,
    totalEmails: count(json['totalEmails']),
    unreadEmails: count(json['unreadEmails']),
    rights: Object.fromEntries(rightNames.map((name) => [name, rights[name] === true])) as RemoteMailbox['rights'],
  };
};
