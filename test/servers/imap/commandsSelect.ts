import { expunge } from './entries.ts';
import { mailboxAt } from './mailboxes.ts';
import { bad } from './refusal.ts';
import type { Session } from './session.ts';
import { formatSet, inSet, type NumberSet, parseSet, resolveSet } from './sets.ts';
import type { Args } from './tokens.ts';
import { vanishedSince } from './vanished.ts';
import { mustWrite, type Named, type Reply, selected, signedIn, type Verb } from './verb.ts';
import { closeView, flagItems, numberOf, openView, tellFlags, tellModseq, type View } from './view.ts';

/** What a client knows of the mailbox from before (RFC 7162 section 3.2.5). */
type Resync = { uidValidity: number; modseq: number; uids: NumberSet | null };

const parseResync = (session: Session, args: Args): Resync => {
  if (!session.enabled.has('QRESYNC')) throw bad('QRESYNC is not enabled');
  const [uidValidity, modseq] = [Number(args.atom()), Number(args.atom())];
  const uids = !args.done() && !args.isList() ? parseSet(args.atom()) : null;
  // Which of its sequence numbers the client remembers only shortens the answer.
  if (!args.done()) args.list();
  args.end();
  return { uidValidity, modseq, uids };
};

const parseParameters = (session: Session, args: Args): Resync | null => {
  const { capabilities } = session.site;
  let resync: Resync | null = null;
  while (!args.done()) {
    const name = args.upper() as 'CONDSTORE' | 'QRESYNC';
    if (!['CONDSTORE', 'QRESYNC'].includes(name) || !capabilities.has(name)) throw bad(`Unknown parameter ${name}`);
    if (name === 'QRESYNC') resync = parseResync(session, args.list());
    session.condstore = true;
  }
  return resync;
};

const tellMailbox = (session: Session, view: View): void => {
  const { out, site } = session;
  const { mailbox } = view;
  const unseen = mailbox.entries.findIndex((entry) => !entry.flags.includes('\\Seen'));
  tellFlags(session, view);
  out.write(`* ${mailbox.entries.length} EXISTS\r\n* 0 RECENT\r\n`);
  if (unseen >= 0) out.write(`* OK [UNSEEN ${unseen + 1}] First unseen\r\n`);
  out.write(`* OK [UIDVALIDITY ${mailbox.uidValidity}] UIDs valid\r\n`);
  out.write(`* OK [UIDNEXT ${mailbox.uidNext}] Predicted next UID\r\n`);
  if (site.capabilities.has('CONDSTORE')) tellModseq(session, mailbox);
  if (site.capabilities.has('OBJECTID')) out.write(`* OK [MAILBOXID (${mailbox.id})] Ok\r\n`);
};

const tellChanges = (session: Session, view: View, resync: Resync): void => {
  const { mailbox } = view;
  if (resync.uidValidity !== mailbox.uidValidity || mailbox.noModseq) return;
  const vanished = vanishedSince(mailbox, resync.modseq, resync.uids);
  if (vanished.length > 0) session.out.write(`* VANISHED (EARLIER) ${formatSet(vanished)}\r\n`);
  for (const entry of view.entries) {
    if (entry.modseq <= resync.modseq) continue;
    session.out.write(`* ${numberOf(view, entry)} FETCH (${flagItems(session, entry, true)})\r\n`);
  }
};

const select = (session: Session, args: Args, { verb }: Named): Reply => {
  const { capabilities, account } = session.site;
  const readOnly = verb === 'EXAMINE';
  const path = args.mailbox();
  const resync = args.done() ? null : parseParameters(session, args.list());
  args.end();
  if (session.view && capabilities.has('CONDSTORE')) session.out.write('* OK [CLOSED] Previous mailbox closed\r\n');
  closeView(session);
  const mailbox = mailboxAt(account, path);
  const view = openView(session, mailbox, readOnly);
  session.view = view;
  tellMailbox(session, view);
  if (resync) tellChanges(session, view, resync);
  return { text: `${verb} completed`, code: readOnly ? 'READ-ONLY' : 'READ-WRITE' };
};

/** Takes away what is flagged \Deleted, of these UIDs if any are named. */
const expungeDeleted = (session: Session, view: View, uids: NumberSet | null): void => {
  const wanted = (uid: number) => uids === null || inSet(uids, uid);
  const deleted = view.mailbox.entries.filter(({ flags, uid }) => flags.includes('\\Deleted') && wanted(uid));
  for (const entry of deleted) expunge(session.site.account, entry);
};

/** The tagged OK of a command that may have expunged (RFC 7162 section 3.2.7). */
export const expunged = (session: Session, view: View, text: string): Reply => {
  const told = session.enabled.has('QRESYNC') && view.lost.size > 0 && !view.mailbox.noModseq;
  return told ? { text, code: `HIGHESTMODSEQ ${view.mailbox.modseq}` } : text;
};

const expungeCommand = (session: Session, view: View, args: Args, { uid }: Named): Reply => {
  mustWrite(view);
  const set = uid ? resolveSet(parseSet(args.atom()), view.mailbox.entries.at(-1)?.uid ?? 0) : null;
  args.end();
  expungeDeleted(session, view, set);
  return expunged(session, view, 'Expunged');
};

/** What opens and closes mailboxes. */
export const selectCommands: Record<string, Verb> = {
  SELECT: signedIn(select),
  EXAMINE: signedIn(select),
  CHECK: selected(() => 'Checked'),
  CLOSE: selected((session, view) => {
    closeView(session);
    if (!view.readOnly) expungeDeleted(session, view, null);
    return 'Closed';
  }),
  UNSELECT: selected((session) => {
    closeView(session);
    return 'Unselected';
  }, 'UNSELECT'),
  EXPUNGE: selected(expungeCommand),
  'UID EXPUNGE': selected(expungeCommand, 'UIDPLUS'),
};
