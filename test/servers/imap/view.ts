import { type Entry, indexOfUid, type Mailbox, systemFlags, type Watcher } from './model.ts';
import type { Session } from './session.ts';
import { formatSet } from './sets.ts';

/** A mailbox as one session knows it: what its sequence numbers mean, and what it was not told yet. */
export type View = Watcher & {
  readonly mailbox: Mailbox;
  readonly readOnly: boolean;
  /** In the order of sequence numbers; what is expunged stays until the client is told. */
  readonly entries: Entry[];
  readonly fresh: Set<Entry>;
  readonly flagged: Set<Entry>;
  readonly lost: Set<Entry>;
  /** How many keywords of the mailbox the session was told of. */
  keywords: number;
};

/** Selects a mailbox for a session, which is told from now on what happens there. */
export const openView = (session: Session, mailbox: Mailbox, readOnly: boolean): View => {
  const fresh = new Set<Entry>();
  const flagged = new Set<Entry>();
  const lost = new Set<Entry>();
  const view: View = {
    mailbox,
    readOnly,
    entries: [...mailbox.entries],
    fresh,
    flagged,
    lost,
    keywords: -1,
    arrived: (entry) => {
      fresh.add(entry);
      session.stirred?.();
    },
    changed: (entry) => {
      if (!fresh.has(entry)) flagged.add(entry);
      session.stirred?.();
    },
    expunged: (entry) => {
      flagged.delete(entry);
      if (!fresh.delete(entry)) lost.add(entry);
      session.stirred?.();
    },
    closed: (why) => session.bye(why),
  };
  mailbox.watchers.add(view);
  return view;
};

/** The session has nothing selected any more. */
export const closeView = (session: Session): void => {
  const { view } = session;
  if (view) view.mailbox.watchers.delete(view);
  session.view = null;
};

/** The sequence number of an entry; 0 where the session does not know it. */
export const numberOf = ({ entries }: View, entry: Entry): number => indexOfUid(entries, entry.uid) + 1;

/** `FLAGS (...)`, and what belongs to it for this session (RFC 7162 section 3.1.4). */
export const flagItems = (session: Session, entry: Entry, uid: boolean): string => {
  const items = uid || session.enabled.has('QRESYNC') ? [`UID ${entry.uid}`] : [];
  items.push(`FLAGS (${entry.flags.join(' ')})`);
  if (session.condstore) items.push(`MODSEQ (${entry.modseq})`);
  return items.join(' ');
};

/** FLAGS and PERMANENTFLAGS (RFC 3501 section 7.2.6), where the session does not know them all. */
export const tellFlags = (session: Session, view: View): void => {
  const { mailbox, readOnly } = view;
  const { keywords } = session.site.account;
  if (view.keywords === mailbox.keywords.size) return;
  view.keywords = mailbox.keywords.size;
  const kept = [...systemFlags.values(), ...(keywords ?? mailbox.keywords.values())];
  const permanent = readOnly ? [] : [...kept, ...(keywords ? [] : ['\\*'])];
  session.out.write(`* FLAGS (${[...systemFlags.values(), ...mailbox.keywords.values()].join(' ')})\r\n`);
  session.out.write(`* OK [PERMANENTFLAGS (${permanent.join(' ')})] Flags permitted\r\n`);
};

/** `HIGHESTMODSEQ`, or `NOMODSEQ` where the mailbox has none (RFC 7162 section 3.1.2). */
export const tellModseq = ({ out }: Session, { modseq, noModseq }: Mailbox): void =>
  out.write(`* OK [${noModseq ? 'NOMODSEQ' : `HIGHESTMODSEQ ${modseq}`}] Modification sequence\r\n`);

/** The session asked for what only CONDSTORE has, and gets it from now on (RFC 7162 section 3.1). */
export const becomeAware = (session: Session): void => {
  if (session.view && !session.condstore) tellModseq(session, session.view.mailbox);
  session.condstore = true;
};

const tellExpunged = (session: Session, view: View): void => {
  const lost = [...view.lost].toSorted((a, b) => b.uid - a.uid);
  view.lost.clear();
  if (lost.length === 0) return;
  for (const entry of lost) {
    const number = numberOf(view, entry);
    view.entries.splice(number - 1, 1);
    if (!session.enabled.has('QRESYNC')) session.out.write(`* ${number} EXPUNGE\r\n`);
  }
  if (!session.enabled.has('QRESYNC')) return;
  session.out.write(`* VANISHED ${formatSet(lost.map(({ uid }) => uid).toReversed())}\r\n`);
};

/** Tells the session what it does not know yet; expunged messages only where numbers may change (RFC 3501 section 7.4.1). */
export const report = (session: Session, withExpunges: boolean): void => {
  const { view, out } = session;
  if (!view) return;
  if (withExpunges) tellExpunged(session, view);
  if (view.fresh.size > 0) {
    view.entries.push(...view.fresh);
    view.fresh.clear();
    out.write(`* ${view.entries.length} EXISTS\r\n* 0 RECENT\r\n`);
  }
  const flagged = [...view.flagged].toSorted((a, b) => a.uid - b.uid);
  view.flagged.clear();
  tellFlags(session, view);
  for (const entry of flagged) {
    out.write(`* ${numberOf(view, entry)} FETCH (${flagItems(session, entry, false)})\r\n`);
  }
};
