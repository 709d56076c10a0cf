import type { Capability } from './capabilities.ts';
import { mailboxAt, parentsIn } from './mailboxes.ts';
import type { Mailbox } from './model.ts';
import { patternOf } from './names.ts';
import { bad } from './refusal.ts';
import type { Session } from './session.ts';
import { stringOf } from './text.ts';
import type { Args } from './tokens.ts';
import { type Reply, signedIn, type Verb } from './verb.ts';
import { becomeAware } from './view.ts';
import { wireName } from './wireName.ts';

const statusItems: Record<string, Capability | null> = {
  MESSAGES: null,
  RECENT: null,
  UIDNEXT: null,
  UIDVALIDITY: null,
  UNSEEN: null,
  HIGHESTMODSEQ: 'CONDSTORE',
  MAILBOXID: 'OBJECTID',
};

const statusValue = (mailbox: Mailbox, item: string): string | number => {
  switch (item) {
    case 'MESSAGES':
      return mailbox.entries.length;
    case 'UIDNEXT':
      return mailbox.uidNext;
    case 'UIDVALIDITY':
      return mailbox.uidValidity;
    case 'UNSEEN':
      return mailbox.entries.filter(({ flags }) => !flags.includes('\\Seen')).length;
    case 'HIGHESTMODSEQ':
      return mailbox.noModseq ? 0 : mailbox.modseq;
    case 'MAILBOXID':
      return `(${mailbox.id})`;
    default:
      return 0;
  }
};

const parseStatusItems = (session: Session, args: Args): string[] => {
  const items: string[] = [];
  while (!args.done()) {
    const item = args.upper();
    const needed = statusItems[item];
    if (needed === undefined || (needed !== null && !session.site.capabilities.has(needed))) {
      throw bad(`Unknown status item ${item}`);
    }
    items.push(item);
  }
  if (items.length === 0) throw bad('No status items');
  if (items.includes('HIGHESTMODSEQ')) becomeAware(session);
  return items;
};

const tellStatus = (session: Session, mailbox: Mailbox, items: readonly string[]): void => {
  const values = items.map((item) => `${item} ${statusValue(mailbox, item)}`).join(' ');
  session.out.write(`* STATUS ${wireName(session, mailbox.path)} (${values})\r\n`);
};

/** What a LIST asks for: which mailboxes, and what comes with them (RFC 5258). */
type Listing = {
  verb: 'LIST' | 'LSUB';
  select: Set<string>;
  /** Null where it is a plain LIST, which brings what the server likes to tell. */
  returns: Set<string> | null;
  status: string[] | null;
};

/** What is told of a mailbox: on a server with options (RFC 5258) only what they name, else all that it can. */
const attributes = ({ site }: Session, mailbox: Mailbox, listing: Listing, isParent: boolean): string => {
  const { capabilities } = site;
  const { verb, select, returns } = listing;
  const tells = (option: 'CHILDREN' | 'SPECIAL-USE' | 'SUBSCRIBED', plain: boolean): boolean =>
    select.has(option) || (returns ? returns.has(option) : plain);
  const found: string[] = [];
  if (!mailbox.selectable) found.push('\\Noselect');
  if (tells('CHILDREN', capabilities.has('CHILDREN'))) found.push(isParent ? '\\HasChildren' : '\\HasNoChildren');
  const { specialUse } = mailbox;
  if (specialUse !== null && tells('SPECIAL-USE', capabilities.has('SPECIAL-USE'))) found.push(specialUse);
  if (verb === 'LIST' && mailbox.subscribed && tells('SUBSCRIBED', false)) found.push('\\Subscribed');
  return found.join(' ');
};

const wanted = (mailbox: Mailbox, { select }: Listing): boolean =>
  (!select.has('SUBSCRIBED') || mailbox.subscribed) && (!select.has('SPECIAL-USE') || mailbox.specialUse !== null);

const tell = (session: Session, patterns: RegExp[], listing: Listing): void => {
  const { account, faults } = session.site;
  const delimiter = stringOf(account.delimiter);
  const parents = parentsIn(account);
  for (const mailbox of [...account.mailboxes.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    if (!patterns.some((pattern) => pattern.test(mailbox.path)) || !wanted(mailbox, listing)) continue;
    if (faults.unlisted.has(mailbox.id)) continue;
    const flags = attributes(session, mailbox, listing, parents.has(mailbox.path));
    session.out.write(`* ${listing.verb} (${flags}) ${delimiter} ${wireName(session, mailbox.path)}\r\n`);
    if (listing.status && mailbox.selectable) tellStatus(session, mailbox, listing.status);
  }
};

const offered = ({ site }: Session, ...names: Capability[]): void => {
  if (!names.some((name) => site.capabilities.has(name))) throw bad('That form of LIST is not offered');
};

const parseReturns = (session: Session, args: Args, listing: Listing): void => {
  listing.returns ??= new Set();
  while (!args.done()) {
    const option = args.upper();
    if (option === 'STATUS') {
      offered(session, 'LIST-STATUS');
      listing.status = parseStatusItems(session, args.list());
    } else if (['SUBSCRIBED', 'CHILDREN', 'SPECIAL-USE'].includes(option)) {
      offered(session, 'LIST-EXTENDED', ...(option === 'SPECIAL-USE' ? (['SPECIAL-USE'] as const) : []));
      listing.returns.add(option);
    } else throw bad(`Unknown return option ${option}`);
  }
};

const list = (session: Session, args: Args): Reply => {
  const { delimiter } = session.site.account;
  const listing: Listing = { verb: 'LIST', select: new Set(), returns: null, status: null };
  if (args.isList()) {
    listing.returns = new Set();
    offered(session, 'LIST-EXTENDED', 'SPECIAL-USE');
    for (const option of args.atoms()) listing.select.add(option.toUpperCase());
  }
  const reference = args.mailbox();
  const names: string[] = [];
  if (args.isList()) {
    offered(session, 'LIST-EXTENDED');
    const inner = args.list();
    while (!inner.done()) names.push(inner.mailbox());
  } else names.push(args.mailbox());
  if (args.word('RETURN')) {
    offered(session, 'LIST-EXTENDED', 'LIST-STATUS', 'SPECIAL-USE');
    parseReturns(session, args.list(), listing);
  }
  args.end();
  if (names.length === 1 && names[0] === '') session.out.write(`* LIST (\\Noselect) ${stringOf(delimiter)} ""\r\n`);
  const patterns = names.map((name) => patternOf(reference + name, delimiter));
  tell(session, patterns, listing);
  return 'Listed';
};

const lsub = (session: Session, args: Args): Reply => {
  const pattern = patternOf(args.mailbox() + args.mailbox(), session.site.account.delimiter);
  args.end();
  const returns = new Set(session.site.capabilities.has('SPECIAL-USE') ? ['SPECIAL-USE'] : []);
  tell(session, [pattern], { verb: 'LSUB', select: new Set(['SUBSCRIBED']), returns, status: null });
  return 'Listed';
};

const status = (session: Session, args: Args): Reply => {
  const mailbox = mailboxAt(session.site.account, args.mailbox());
  const items = parseStatusItems(session, args.list());
  args.end();
  tellStatus(session, mailbox, items);
  return 'Status told';
};

/** What mailboxes there are, and how they stand. */
export const listCommands: Record<string, Verb> = {
  LIST: signedIn(list),
  LSUB: signedIn(lsub),
  STATUS: signedIn(status),
};
