import { flagName } from './commandsStore.ts';
import { append } from './entries.ts';
import { createMailbox, deleteMailbox, mailboxAt, renameMailbox } from './mailboxes.ts';
import { bad, no } from './refusal.ts';
import type { Session } from './session.ts';
import { parseDate } from './text.ts';
import type { Args } from './tokens.ts';
import { type Reply, signedIn, type Verb } from './verb.ts';
import { closeView } from './view.ts';

/** A name that a client may give. */
const newName = (args: Args): string => {
  const path = args.mailbox();
  if (/\p{Cc}/u.test(path)) throw no('Control characters in a mailbox name', 'CANNOT');
  return path;
};

const create = ({ site }: Session, args: Args): Reply => {
  const mailbox = createMailbox(site.account, { path: newName(args), subscribed: false });
  args.end();
  if (!site.capabilities.has('OBJECTID')) return 'Created';
  return { text: 'Created', code: `MAILBOXID (${mailbox.id})` };
};

/** Who deletes what it selected itself is answered, and then sent away, as with Dovecot. */
const remove = (session: Session, args: Args): Reply => {
  const path = args.mailbox();
  args.end();
  const isOwn = path !== 'INBOX' && session.view?.mailbox.path === path;
  if (isOwn) closeView(session);
  deleteMailbox(session.site.account, path);
  return isOwn ? { text: 'Deleted', after: () => session.bye('Mailbox was deleted') } : 'Deleted';
};

const rename = ({ site }: Session, args: Args): Reply => {
  const [from, to] = [args.mailbox(), newName(args)];
  args.end();
  renameMailbox(site.account, from, to);
  return 'Renamed';
};

const subscription =
  (subscribed: boolean) =>
  ({ site }: Session, args: Args): Reply => {
    const mailbox = site.account.mailboxes.get(args.mailbox());
    args.end();
    if (!mailbox) throw no("Mailbox doesn't exist", 'NONEXISTENT');
    mailbox.subscribed = subscribed;
    return 'Done';
  };

/** The message of an APPEND: alone, or as `UTF8 (~{...})` (RFC 6855 section 4). */
const messageBytes = (session: Session, args: Args): Buffer => {
  if (!args.word('UTF8')) return args.bytes();
  if (!session.enabled.has('UTF8=ACCEPT')) throw bad('UTF-8 is not enabled');
  return args.list().bytes();
};

const appendMessage = (session: Session, args: Args): Reply => {
  const { account, capabilities, make } = session.site;
  const path = args.mailbox();
  const flags = args.isList() ? args.atoms().map(flagName) : [];
  // A date is a quoted string of fixed length; a message is never so short.
  let at: number | null = null;
  let raw = messageBytes(session, args);
  if (!args.done()) {
    at = parseDate(raw.toString('latin1'));
    if (at === null) throw bad('Not a date');
    raw = messageBytes(session, args);
  }
  args.end();
  const mailbox = mailboxAt(account, path, 'TRYCREATE');
  const entry = append(account, mailbox, make.ofBytes(raw, at), flags);
  if (!capabilities.has('UIDPLUS')) return 'Appended';
  return { text: 'Appended', code: `APPENDUID ${entry.mailbox.uidValidity} ${entry.uid}` };
};

/** What makes, changes and fills mailboxes. */
export const mailboxCommands: Record<string, Verb> = {
  CREATE: signedIn(create),
  DELETE: signedIn(remove),
  RENAME: signedIn(rename),
  SUBSCRIBE: signedIn(subscription(true)),
  UNSUBSCRIBE: signedIn(subscription(false)),
  APPEND: signedIn(appendMessage),
};
