import type { ImapResponse } from 'imapflow';
import { type Argument, atom, type ImapConnection } from './connection.ts';
import { ImapRefusal } from './errors.ts';
import { quirksOf } from './quirks.ts';
import { digitsOf, listOf, numberOf, pairsOf, textOf } from './tokens.ts';

/** What STATUS says of a mailbox (RFC 9051 section 6.3.11, RFC 7162, RFC 8474). */
export type MailboxStatus = {
  /** UIDVALIDITY as digits; '0' where the server has none that means anything. */
  validity: string;
  next: number;
  messages: number;
  unseen: number;
  /** HIGHESTMODSEQ; null where the server keeps none. */
  modseq: string | null;
  mailboxId: string | null;
};

/** A mailbox as LIST shows it. `path` is its name on the server, as the server writes it. */
export type ListedMailbox = {
  path: string;
  delimiter: string | null;
  /** Attributes in lower case, as '\noselect' (RFC 9051 section 7.3.1, RFC 6154). */
  attributes: ReadonlySet<string>;
  isSubscribed: boolean;
  /** Null for one that holds no mail, or that could not be asked. */
  status: MailboxStatus | null;
};

/** True for a mailbox that mail can be in. */
export const isSelectable = ({ attributes }: Pick<ListedMailbox, 'attributes'>): boolean =>
  !attributes.has('\\noselect') && !attributes.has('\\nonexistent');

const inbox = /^inbox$/i;

/** Every mailbox with its STATUS, in one round trip where the server can (LIST-STATUS, RFC 5819). */
export const listMailboxes = async (connection: ImapConnection): Promise<ListedMailbox[]> => {
  const items = statusItems(connection);
  const found = new Map<string, ListedMailbox>();
  const subscribed = new Set<string>();
  const onList = (response: ImapResponse): void => {
    const listed = listedMailbox(response);
    if (listed && !found.has(listed.path)) found.set(listed.path, listed);
  };
  const onStatus = (response: ImapResponse): void => {
    const listed = found.get(nameOf(response.attributes?.[0]) ?? '');
    if (listed) listed.status = statusOf(response);
  };
  const extended = connection.has('LIST-EXTENDED');
  const withStatus = extended && connection.has('LIST-STATUS');
  const wanted: Argument[] = [
    ...(extended ? [atom('SUBSCRIBED')] : []),
    ...(extended && connection.has('SPECIAL-USE') ? [atom('SPECIAL-USE')] : []),
    ...(withStatus ? [atom('STATUS'), items] : []),
  ];
  const args = ['', '*', ...(wanted.length > 0 ? [atom('RETURN'), wanted] : [])];
  await connection.run('LIST', args, { LIST: onList, STATUS: onStatus });
  if (!extended) await connection.run('LSUB', ['', '*'], { LSUB: (response) => subscribed.add(pathOf(response)) });
  for (const listed of found.values()) {
    if (!extended) listed.isSubscribed = subscribed.has(listed.path);
    if (!listed.status && isSelectable(listed)) listed.status = await statusOrNull(connection, listed.path, items);
  }
  return [...found.values()];
};

const statusItems = (connection: ImapConnection): Argument[] =>
  [
    'MESSAGES',
    'UIDNEXT',
    'UIDVALIDITY',
    'UNSEEN',
    ...(connection.has('CONDSTORE') ? ['HIGHESTMODSEQ'] : []),
    ...(connection.has('OBJECTID') && !quirksOf('', connection.product).distrustMailboxId ? ['MAILBOXID'] : []),
  ].map(atom);

/** The same, and null for whatever refusal. */
const statusOrNull = async (
  connection: ImapConnection,
  path: string,
  items: Argument[],
): Promise<MailboxStatus | null> => {
  const status = await askStatus(connection, path, items);
  return status instanceof ImapRefusal ? null : status;
};

/**
 * What a mailbox says now; null where the server has none of that name, or none for this user. Throws `ImapRefusal` where the
 * server cannot tell just now: then nothing is known. NO without a code means that there is none where the server says the
 * same of a name that surely is none, as Dovecot does.
 */
export const readStatus = async (connection: ImapConnection, path: string): Promise<MailboxStatus | null> => {
  const items = statusItems(connection);
  const status = await askStatus(connection, path, items);
  if (!(status instanceof ImapRefusal)) return status;
  const nowhere = status.code === null ? await askStatus(connection, NO_NAME, items) : null;
  const isPlain = nowhere instanceof ImapRefusal && nowhere.code === null;
  if (isPlain || (status.code !== null && status.lasting)) return null;
  throw status;
};

/** No mailbox has this name. */
const NO_NAME = 'a name that no mailbox has 8c1f0e52';

const askStatus = async (
  connection: ImapConnection,
  path: string,
  items: Argument[],
): Promise<MailboxStatus | ImapRefusal | null> => {
  let status: MailboxStatus | null = null;
  try {
    await connection.run('STATUS', [path, items], {
      STATUS: (response) => {
        if (nameOf(response.attributes?.[0]) === path) status = statusOf(response);
      },
    });
  } catch (error) {
    if (error instanceof ImapRefusal) return error;
    throw error;
  }
  return status;
};

/** A mailbox's name. INBOX is the same in any case (RFC 9051 section 5.1). */
const nameOf = (token: Parameters<typeof textOf>[0]): string | null => {
  const name = textOf(token);
  return name !== null && inbox.test(name) ? 'INBOX' : name;
};

const pathOf = (response: ImapResponse): string => nameOf(response.attributes?.[2]) ?? '';

const listedMailbox = (response: ImapResponse): ListedMailbox | null => {
  const [flags, delimiter] = response.attributes ?? [];
  const path = pathOf(response);
  if (path === '') return null;
  const attributes = new Set(listOf(flags).flatMap((flag) => textOf(flag)?.toLowerCase() ?? []));
  return {
    path,
    delimiter: textOf(delimiter) || null,
    attributes,
    isSubscribed: attributes.has('\\subscribed'),
    status: null,
  };
};

const statusOf = (response: ImapResponse): MailboxStatus => {
  const items = pairsOf(listOf(response.attributes?.[1]));
  const [id] = listOf(items.get('MAILBOXID'));
  const validity = digitsOf(items.get('UIDVALIDITY')) ?? '0';
  return {
    validity,
    next: numberOf(items.get('UIDNEXT')) ?? 0,
    messages: numberOf(items.get('MESSAGES')) ?? 0,
    unseen: numberOf(items.get('UNSEEN')) ?? 0,
    // Numbers that mean nothing tomorrow are no base for telling what changed since.
    modseq: validity === '0' ? null : digitsOf(items.get('HIGHESTMODSEQ')),
    mailboxId: textOf(id ?? items.get('MAILBOXID')),
  };
};
