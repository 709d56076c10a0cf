import { shuffled } from '../jmap/random.ts';
import { chosen } from './chosen.ts';
import { setFlags } from './entries.ts';
import { type Item, itemsOf } from './fetchItems.ts';
import type { Entry } from './model.ts';
import { bad, no } from './refusal.ts';
import type { Session } from './session.ts';
import { formatSet, parseSet } from './sets.ts';
import type { Args } from './tokens.ts';
import { vanishedSince } from './vanished.ts';
import { type Named, type Reply, selected, type Verb } from './verb.ts';
import { becomeAware, numberOf, report, type View } from './view.ts';

/** CHANGEDSINCE and VANISHED (RFC 7162 sections 3.1.4.1 and 3.2.6). */
type Modifiers = { since: number | null; vanished: boolean };

const parseModifiers = (session: Session, args: Args, uid: boolean): Modifiers => {
  const modifiers: Modifiers = { since: null, vanished: false };
  if (args.done()) return modifiers;
  if (!session.site.capabilities.has('CONDSTORE')) throw bad('Modifiers of FETCH are not offered');
  const list = args.list();
  while (!list.done()) {
    const name = list.upper();
    if (name === 'CHANGEDSINCE') modifiers.since = Number(list.atom());
    else if (name === 'VANISHED') modifiers.vanished = true;
    else throw bad(`Unknown modifier ${name}`);
  }
  if (Number.isNaN(modifiers.since ?? 0)) throw bad('Not a MODSEQ');
  if (modifiers.since === 0 && session.site.faults.noChangedSinceZero) throw bad('CHANGEDSINCE must not be 0');
  const mayVanish = uid && session.enabled.has('QRESYNC') && modifiers.since !== null;
  if (modifiers.vanished && !mayVanish) throw bad('VANISHED not here');
  becomeAware(session);
  return modifiers;
};

const filler = Buffer.alloc(64 * 1024, `X-Filler: ${'a'.repeat(52)}\r\n`);

/** Sends a literal that is made up as it goes: fields of a header without end. */
const tellHuge = async ({ out, closed, site }: Session, name: string, entry: Entry, octets: number): Promise<void> => {
  out.write(`${name} {${octets + (site.faults.wrongLiterals.get(entry.id) ?? 0)}}\r\n`);
  for (let left = octets; left > 0; left -= filler.length) {
    out.write(filler.subarray(0, Math.min(left, filler.length)));
    if (out.isFull()) await Promise.race([out.drained(), closed]);
  }
};

const tellEntry = async (session: Session, view: View, entry: Entry, items: readonly Item[]): Promise<void> => {
  const { out, site } = session;
  const { answers, hugeHeaders } = site.faults;
  const huge = hugeHeaders.get(entry.id);
  out.write(`* ${numberOf(view, entry)} FETCH (`);
  let gap = '';
  for (const item of items) {
    const { name, section } = item;
    out.write(gap);
    gap = ' ';
    if (huge !== undefined && section?.what.startsWith('HEADER')) await tellHuge(session, name, entry, huge);
    else out.write(`${name} ${answers.get(entry.id)?.get(name) ?? item.value(entry)}`);
  }
  out.write(')\r\n');
};

/** Leaves out what the test wants to be missing, and puts the rest in another order if it wants that. */
const troubled = (session: Session, entries: Entry[]): Entry[] => {
  const { faults } = session.site;
  let told = entries.filter(({ id }) => !faults.neverFetched.has(id));
  const missing = Math.min(faults.missingFetches, told.length);
  faults.missingFetches -= missing;
  told = told.slice(missing);
  return faults.shuffled ? shuffled(told, told.length) : told;
};

const itemsWanted = (session: Session, names: readonly string[], uid: boolean, since: number | null): Item[] => {
  const items = itemsOf(session, names);
  const add = (name: string) => {
    if (!items.some((item) => item.name === name)) items.unshift(...itemsOf(session, [name]));
  };
  if (since !== null) add('MODSEQ');
  if (uid) add('UID');
  return items;
};

const fetch = async (session: Session, view: View, args: Args, { uid }: Named): Promise<Reply> => {
  const { out, site } = session;
  const set = args.atom();
  const names = args.atoms();
  if (names.length === 0) throw bad('Nothing to fetch');
  const modifiers = parseModifiers(session, args, uid);
  args.end();
  const { since } = modifiers;
  const items = itemsWanted(session, names, uid, since);
  const entries = chosen(view, set, uid);
  if (since !== null && modifiers.vanished) {
    const vanished = vanishedSince(view.mailbox, since, parseSet(set));
    if (vanished.length > 0) out.write(`* VANISHED (EARLIER) ${formatSet(vanished)}\r\n`);
  }
  const reads = !view.readOnly && items.some((item) => item.reads);
  const there = entries.filter((entry) => !entry.gone && (since === null || entry.modseq > since));
  let told = 0;
  for (const entry of troubled(session, there)) {
    if (session.ended) break;
    const shown = [...items];
    if (reads && !entry.flags.includes('\\Seen')) {
      setFlags(site.account, entry, [...entry.flags, '\\Seen'], view);
      if (!shown.some(({ name }) => name === 'FLAGS')) shown.push(...itemsOf(session, ['FLAGS']));
    }
    if (shown.some(({ name }) => name === 'FLAGS')) view.flagged.delete(entry);
    if (numberOf(view, entry) > 0) await tellEntry(session, view, entry, shown);
    site.faults.between?.(++told);
    if (site.faults.between) report(session, true);
    if (out.isFull()) await Promise.race([out.drained(), session.closed]);
  }
  if (!uid && entries.some((entry) => entry.gone)) throw no('Some of the messages are gone', 'EXPUNGEISSUED');
  return 'Fetched';
};

/** Reading messages. */
export const fetchCommands: Record<string, Verb> = { FETCH: selected(fetch), 'UID FETCH': selected(fetch) };
