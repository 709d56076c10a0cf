import { chosen } from './chosen.ts';
import { setFlags } from './entries.ts';
import { labelList, storeLabels } from './gmail.ts';
import { createMailbox } from './mailboxes.ts';
import { type Entry, systemFlags } from './model.ts';
import { bad, no } from './refusal.ts';
import type { Session } from './session.ts';
import { formatSet } from './sets.ts';
import type { Args } from './tokens.ts';
import { mustWrite, type Named, type Reply, selected, type Verb } from './verb.ts';
import { becomeAware, flagItems, numberOf, tellFlags, type View } from './view.ts';

/** What a STORE does to each message. */
type Change = { how: '+' | '-' | ''; silent: boolean; labels: boolean; names: string[] };

/** Only the flags of RFC 3501 begin with a backslash, and \Recent cannot be stored. */
export const flagName = (name: string): string => {
  if (name.startsWith('\\') && !systemFlags.has(name.toLowerCase())) throw bad(`Invalid system flag ${name}`);
  return name;
};

const parseChange = (session: Session, args: Args): Change => {
  const match = /^([+-]?)(FLAGS|X-GM-LABELS)(\.SILENT)?$/.exec(args.upper());
  const labels = match?.[2] === 'X-GM-LABELS';
  if (!match || (labels && !session.site.capabilities.has('X-GM-EXT-1'))) throw bad('Unknown STORE item');
  const names: string[] = [];
  const list = args.isList() ? args.list() : args;
  while (!list.done()) names.push(labels ? list.mailbox() : flagName(list.atom()));
  args.end();
  return { how: (match[1] ?? '') as Change['how'], silent: match[3] !== undefined, labels, names };
};

const unchangedSince = (session: Session, args: Args): number | null => {
  if (!args.isList()) return null;
  if (!session.site.capabilities.has('CONDSTORE')) throw bad('Modifiers of STORE are not offered');
  const list = args.list();
  if (!list.word('UNCHANGEDSINCE')) throw bad('Unknown modifier');
  const modseq = Number(list.atom());
  if (Number.isNaN(modseq)) throw bad('Not a MODSEQ');
  becomeAware(session);
  return modseq;
};

const changedFlags = ({ flags }: Entry, { how, names }: Change): string[] => {
  const named = new Set(names.map((name) => name.toLowerCase()));
  if (how === '') return names;
  const others = flags.filter((flag) => !named.has(flag.toLowerCase()));
  return how === '+' ? [...flags, ...names] : others;
};

const apply = (session: Session, view: View, entry: Entry, change: Change): void => {
  const { account } = session.site;
  if (!change.labels) return setFlags(account, entry, changedFlags(entry, change), view);
  const make = (path: string) => createMailbox(account, { path });
  storeLabels(account, entry, change.how, change.names, make);
};

const tell = (session: Session, view: View, entry: Entry, change: Change, uid: boolean): void => {
  const items = change.labels
    ? `${uid ? `UID ${entry.uid} ` : ''}X-GM-LABELS ${labelList(session.site.account, entry)}`
    : flagItems(session, entry, uid);
  session.out.write(`* ${numberOf(view, entry)} FETCH (${items})\r\n`);
  view.flagged.delete(entry);
};

const tellSilent = (session: Session, view: View, entry: Entry, uid: boolean): void => {
  const named = uid || session.enabled.has('QRESYNC') ? `UID ${entry.uid} ` : '';
  session.out.write(`* ${numberOf(view, entry)} FETCH (${named}MODSEQ (${entry.modseq}))\r\n`);
};

const store = (session: Session, view: View, args: Args, { uid }: Named): Reply => {
  const set = args.atom();
  const since = unchangedSince(session, args);
  const change = parseChange(session, args);
  mustWrite(view);
  const entries = chosen(view, set, uid);
  const there = entries.filter((entry) => !entry.gone);
  const modified = since === null ? [] : there.filter(({ modseq }) => modseq > since);
  for (const entry of there) {
    if (modified.includes(entry)) continue;
    const before = entry.modseq;
    apply(session, view, entry, change);
    if (entry.gone) continue;
    tellFlags(session, view);
    if (!change.silent) tell(session, view, entry, change, uid);
    else if (session.condstore && (since !== null || entry.modseq !== before)) tellSilent(session, view, entry, uid);
  }
  if (!uid && there.length < entries.length) throw no('Some of the messages are gone', 'EXPUNGEISSUED');
  if (modified.length === 0) return 'Stored';
  const numbers = modified.map((entry) => (uid ? entry.uid : numberOf(view, entry)));
  return { text: 'Some were changed meanwhile', code: `MODIFIED ${formatSet(numbers)}` };
};

/** Writing flags, and Gmail's labels. */
export const storeCommands: Record<string, Verb> = { STORE: selected(store), 'UID STORE': selected(store) };
