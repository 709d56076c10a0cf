import { listChanges } from '../../src-main/store/pendingList.ts';
import type { Truth } from '../servers/mailServer.ts';
import type { Readable } from './actor.ts';
import type { Entry, Ledger } from './ledger.ts';

/** How a change ended for one of its objects. `gone`: it was taken back, or dismissed after it failed. */
type Fate = 'done' | 'failed' | 'gone' | 'open';

const fateOf = (stage: string | undefined): Fate => {
  if (stage === undefined) return 'gone';
  return stage === 'done' || stage === 'failed' ? stage : 'open';
};

type Fates = { of(change: number, object: string): Fate };

const readFates = (ledger: Ledger, raw: Readable): Fates => {
  const changes = new Map<number, Fate>();
  const emails = new Map<string, Fate>();
  raw.read((db) => {
    for (const { id, stage } of db.all<{ id: number; stage: string }>('SELECT id, stage FROM pending_changes'))
      changes.set(id, fateOf(stage));
    const rows = db.all<{ change_id: number; stage: string; email_id: number }>('SELECT * FROM pending_emails');
    for (const { change_id, stage, email_id } of rows) {
      const name = `${change_id} ${ledger.remoteEmails.get(email_id)}`;
      const fate = fateOf(stage);
      // Of messages that have one name, either may be meant.
      emails.set(name, (emails.get(name) ?? fate) === fate ? fate : 'gone');
    }
  });
  return {
    of: (change, object) =>
      (ledger.first.has(object) ? emails.get(`${change} ${object}`) : changes.get(change)) ?? 'gone',
  };
};

/** The values a cell may have at the end: the last word counts, where it is known whose it was. */
const allowed = (
  ledger: Ledger,
  fates: Fates,
  first: Entry['value'],
  entries: readonly Entry[],
): Set<Entry['value']> => {
  let values = new Set([first]);
  const seen: Entry[] = [];
  for (const entry of entries) {
    const rivals = seen.filter(({ change }) => change !== null && entry.open.has(change));
    const kept = entry.change === null || fates.of(entry.change, entry.object) === 'done';
    const certain = kept && (entry.again === true || entry.change === null || !ledger.retried.has(entry.change));
    values = new Set([...(certain ? [] : values), entry.value, ...rivals.map(({ value }) => value)]);
    // What was queued then and is done now went to the server after the other client's deed.
    const later = rivals.filter(
      ({ change }) => change !== null && entry.open.get(change) && fates.of(change, entry.object) === 'done',
    );
    const last = later.at(-1);
    const sure =
      last && entry.change === null && !later.some(({ change }) => change !== null && ledger.retried.has(change));
    if (sure && rivals.at(-1) === last) values = new Set([last.value]);
    seen.push(entry);
  }
  return values;
};

/** Keywords that no path can name go out with all others, which needs the guard that this server ignores. */
const isSentWhole = (ledger: Ledger, email: string): boolean =>
  ledger.unguarded && ledger.entries.some(({ object, key }) => object === email && /^k:.*[/~]/.test(key));

/** A mailbox that was never known by name, as another client deleted, renamed or moved it at once. */
const cameAndWent = (ledger: Ledger, object: string): boolean =>
  object.startsWith('local ') &&
  ledger.entries.some(
    ({ change, key, value }) =>
      change === null && (key === 'exists' ? value === false : ledger.single && (key === 'name' || key === 'parent')),
  );

const judgeCells = (ledger: Ledger, fates: Fates, truth: Truth): string[] => {
  const cells = new Map<string, Entry[]>();
  for (const entry of ledger.entries) {
    const key = JSON.stringify([
      ledger.nameOf(entry.object),
      entry.key.startsWith('m:') ? `m:${ledger.nameOf(entry.key.slice(2))}` : entry.key,
    ]);
    cells.set(key, [...(cells.get(key) ?? []), entry]);
  }
  return [...cells].flatMap(([name, entries]) => {
    const [object, key] = JSON.parse(name) as [string, string];
    const now = valueNow(truth, object, key);
    if (now === undefined || cameAndWent(ledger, object)) return [];
    // A name without a mailbox comes and goes with what is below it.
    if (key === 'exists' && object.startsWith('container ')) return [];
    if (key.startsWith('k:') && isSentWhole(ledger, object)) return [];
    if (mayBeSeveral(ledger, object) || ((key.startsWith('m:') || key === 'exists') && isVague(ledger))) return [];
    // Of a mailbox that was deleted with others below it the name is left, and holds those.
    if (key === 'parent' && String(now).startsWith('container ')) return [];
    const values = allowed(ledger, fates, firstOf(ledger, object, key), entries);
    const named = [...values].map((value) => (typeof value === 'string' ? ledger.nameOf(value) : value));
    if (named.includes(now)) return [];
    return [
      `${object} has ${key} = ${String(now)}, and nobody wanted that last: ${entries.map(({ change, value }) => `${change ?? 'other'} ${String(value)}`).join(', ')}`,
    ];
  });
};

/** Whether there may be several messages of an email: what one of them is tells nothing of another then. */
const mayBeSeveral = ({ single, copies }: Ledger, email: string): boolean =>
  single && ((copies.others.get(email) ?? 0) > 1 || (copies.more.get(email) ?? 0) > 0);

/** Whether nobody can tell any more which mailbox is which after a rename. */
const isVague = ({ vague, renumbered, entries }: Ledger): boolean =>
  vague || (renumbered && entries.some(({ key }) => key === 'name' || key === 'parent'));

/** How many messages there are of each email, as long as each is in one mailbox: none is lost, none is there twice. */
const judgeCopies = (ledger: Ledger, truth: Truth): string[] => {
  const { single, copies, first } = ledger;
  const vague = isVague(ledger);
  return [...(single ? first.keys() : [])].flatMap((email) => {
    const now = truth.emails[email]?.mailboxIds.length ?? 0;
    const [others, more, fewer] = [copies.others, copies.more, copies.fewer].map((counts) => counts.get(email) ?? 0);
    const [least, most] = [(others ?? 0) - (fewer ?? 0), (others ?? 0) + (more ?? 0)];
    return now >= least && (now <= most || vague) ? [] : [`of ${email} there are ${now}, and not ${least} to ${most}`];
  });
};

/** Mail that was in one place, and that only the person moved, is there alone where the last move took it that is done. */
const judgePlaces = (ledger: Ledger, fates: Fates, truth: Truth): string[] =>
  [...(isVague(ledger) ? [] : ledger.first)].flatMap(([email, { mailboxIds }]) => {
    const now = truth.emails[email]?.mailboxIds;
    if (mailboxIds.length !== 1 || !now || ledger.copies.moved.has(email)) return [];
    const moves = ledger.entries.filter(
      ({ object, key, value, change }) =>
        object === email &&
        key.startsWith('m:') &&
        value === true &&
        change !== null &&
        fates.of(change, email) === 'done',
    );
    const place = ledger.nameOf(moves.at(-1)?.key.slice(2) ?? mailboxIds[0] ?? '');
    // Of a copy that came to light before its message went, the person may have moved either.
    const rows = [...ledger.remoteEmails.values()].filter((name) => name === email).length;
    if (now.length === 1 && (now[0] === place || (ledger.single && rows > 1))) return [];
    return [
      `${email} is in ${now.join(' and ')}, and was moved to ${place} last: ${moves.map(({ change, key }) => `${change} ${key}`).join(', ')}`,
    ];
  });

/** A cell's value on the server; undefined where there is nothing left to judge. */
const valueNow = (truth: Truth, object: string, key: string): Entry['value'] | undefined => {
  const [email, mailbox] = [truth.emails[object], truth.mailboxes[object]];
  if (email && key.startsWith('k:')) return email.keywords.includes(key.slice(2));
  if (email && key.startsWith('m:') && truth.mailboxes[key.slice(2)]) return email.mailboxIds.includes(key.slice(2));
  if (key === 'exists') return mailbox !== undefined;
  if (mailbox && key === 'name') return mailbox.name;
  return mailbox && key === 'parent' ? mailbox.parentId : undefined;
};

const firstOf = (ledger: Ledger, object: string, key: string): Entry['value'] => {
  const email = ledger.first.get(object);
  if (email)
    return key.startsWith('k:') ? email.keywords.includes(key.slice(2)) : email.mailboxIds.includes(key.slice(2));
  const mailbox = ledger.firstMailboxes[object];
  if (key === 'exists') return mailbox !== undefined;
  return key === 'name' ? (mailbox?.name ?? '') : (mailbox?.parentId ?? null);
};

const judgeEmails = (ledger: Ledger, fates: Fates, truth: Truth): string[] =>
  [...ledger.first.keys()].flatMap((id) => {
    const doom = ledger.doomed.get(id);
    if (mayBeSeveral(ledger, id)) return [];
    if (!truth.emails[id]) return doom || ledger.unguarded ? [] : [`${id} is gone, and nobody wanted that`];
    const done = [...(doom ?? [])].filter(
      (change) => change !== null && !ledger.withMailbox.has(change) && fates.of(change, id) === 'done',
    );
    return done.length === 0 ? [] : [`${id} is still there, and change ${done.join()} says that it was destroyed`];
  });

/** What did not end is told, and what failed can be seen. */
const judgeVisible = (raw: Readable): string[] =>
  raw.read((db) => {
    const shown = new Map(listChanges(db, 'chaos').map((change) => [Number(change.id), change]));
    const rows = db.all<{ id: number; stage: string }>(
      `SELECT id, stage FROM pending_changes WHERE stage <> 'done' UNION
       SELECT change_id, stage FROM pending_emails WHERE stage <> 'done'`,
    );
    return rows.flatMap(({ id, stage }) => {
      const change = shown.get(id);
      if (stage !== 'failed') return [`change ${id} is still ${stage} (shown as ${change?.state ?? 'nothing'})`];
      if (change?.state !== 'failed') return [`change ${id} failed and is shown as ${change?.state ?? 'nothing'}`];
      return change.error ? [] : [`change ${id} failed without a reason`];
    });
  });

/** What a history says about Tern, in words; empty when all is well. */
export const judge = (ledger: Ledger, raw: Readable, truth: Truth): string[] => {
  const fates = readFates(ledger, raw);
  return [
    ...judgeVisible(raw),
    ...judgeEmails(ledger, fates, truth),
    ...judgeCopies(ledger, truth),
    ...judgeCells(ledger, fates, truth),
    ...(ledger.onlyMoves ? judgePlaces(ledger, fates, truth) : []),
  ];
};
