import type { EmailEffect } from '../../src-shared/project.ts';
import type { Truth } from '../servers/mailServer.ts';
import type { Readable } from './actor.ts';
import { addTo, type Copies, copiesMade, noCopies } from './copies.ts';
import type { Eyes } from './eyes.ts';
import { noteGoing } from './going.ts';
import { judge } from './verdict.ts';

/** Something a person wants of an email or mailbox, or another client did to it: one value of one of its cells. */
export type Entry = {
  /** The email or mailbox: its name (see `Eyes`), or `local N` of a mailbox that had none yet. */
  object: string;
  /** `k:` and a keyword; `m:` and a mailbox; `name`, `parent` or `exists` of a mailbox. */
  key: string;
  value: boolean | string | null;
  /** Tern's change; null for what another client did. */
  change: number | null;
  /** Changes that touch the object and whose fate was open at that moment; true for those that were queued. */
  open: Map<number, boolean>;
  /** Of a change that the person sent a second time. */
  again?: boolean;
};

/** Who did what, in order: with it the end of a history can be judged. */
export type Ledger = {
  readonly entries: Entry[];
  /** What every email was when it was first seen. */
  readonly first: Map<string, { keywords: string[]; mailboxIds: string[] }>;
  /** Emails that somebody wanted to be gone: another client, or the person, by which changes. */
  readonly doomed: Map<string, Set<number | null>>;
  /** Changes that were sent a second time by the person. */
  readonly retried: Set<number>;
  /** From now on nothing that the server destroys with a mailbox is held against Tern: it does not guard its sets. */
  unguarded: boolean;
  /** From now on nobody can tell which mailbox or message is which: what is where is not held against Tern. */
  vague: boolean;
  /** A mailbox got another UIDVALIDITY: renamed as well, it is another one for all that is known. */
  renumbered: boolean;
  /** Changes that delete a mailbox: what leaves it in time is not destroyed with it. */
  readonly withMailbox: Set<number>;
  /** Whether each message is in one mailbox; then how many there are of each email is kept, too. */
  readonly single: boolean;
  readonly copies: Copies;
  /** Whether nobody puts mail anywhere without taking it from where it is. */
  readonly onlyMoves: boolean;
  /** Names of mailboxes and of emails by local id. */
  readonly remote: Map<number, string>;
  readonly remoteEmails: Map<number, string>;
  /** What every mailbox was when it was first seen: of one that Tern made nobody may ever tell which it was. */
  readonly firstMailboxes: Truth['mailboxes'];
  /** A mailbox by the name it has on the server, once it has one. */
  nameOf(object: string): string;
  /** Takes note of which mailbox here is which on the server: one may come and go within a cycle. */
  noteMailboxes(): void;
  /** Takes note of what the server has now; to be called before and after another client acts. */
  look(): Promise<Truth>;
  /** Runs what another client does, and takes down what it changed. */
  other(act: () => Promise<unknown>): Promise<void>;
  /** Takes down what new changes of the person's want, by what is stored of them; answers the ids of all so far. */
  catchUp(): ReadonlySet<string>;
  /** Takes down that the person is about to send again what failed of these changes. */
  again(ids: readonly string[]): void;
  /** What the end of the history says about Tern; empty when all is well. */
  verdict(truth: Truth): string[];
};

/** The name of a mailbox in entries. */
const boxName = (ledger: Ledger, local: number): string => ledger.remote.get(local) ?? `local ${local}`;

/**
 * Open changes by the server's id of what they touch; true for those that are queued. Of a mailbox that the server does not
 * have yet by its name: one that another client makes meanwhile may turn out to be the same.
 */
type Open = Map<string, Map<number, boolean>>;

const openNow = (ledger: Ledger, raw: Readable): Open => {
  const rows = raw.read((db) =>
    db.all<{ kind: 'email' | 'mailbox' | 'made'; object: number; name: string | null; id: number; stage: string }>(
      `SELECT 'email' AS kind, email_id AS object, NULL AS name, change_id AS id, stage FROM pending_emails
       WHERE stage IN ('queued', 'inflight') UNION
       SELECT 'mailbox', t.mailbox_id, NULL, c.id, c.stage FROM pending_mailboxes t JOIN pending_changes c ON c.id = t.change_id
       WHERE c.stage IN ('queued', 'inflight') UNION
       SELECT 'made', m.id, json_extract(made.effect, '$.name'), c.id, c.stage FROM pending_mailboxes t
       JOIN pending_changes c ON c.id = t.change_id JOIN mailboxes m ON m.id = t.mailbox_id AND m.remote_id IS NULL
       JOIN pending_mailboxes made ON made.mailbox_id = m.id AND json_extract(made.effect, '$.exists') = 1
       WHERE c.stage IN ('queued', 'inflight')`,
    ),
  );
  const nameOf = { email: ledger.remoteEmails, mailbox: ledger.remote, made: null };
  const open: Open = new Map();
  for (const { kind, object, name, id, stage } of rows) {
    const named = nameOf[kind]?.get(object) ?? `made ${name}`;
    open.set(named, new Map(open.get(named)).set(id, stage === 'queued'));
  }
  return open;
};

/** What was open at some moment between two looks; queued is only what was so both times. */
const openBetween = (before: Open, after: Open): Open => {
  const both: Open = new Map();
  for (const object of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [
      before.get(object) ?? new Map<number, boolean>(),
      after.get(object) ?? new Map<number, boolean>(),
    ];
    const ids = [...new Set([...was.keys(), ...is.keys()])];
    both.set(object, new Map(ids.map((id) => [id, was.get(id) === true && is.get(id) === true])));
  }
  return both;
};

type Cells = Map<string, boolean | string | null>;

const cellsOf = ({ keywords, mailboxIds }: Truth['emails'][string]): Cells =>
  new Map([
    ...keywords.map((name) => [`k:${name}`, true] as const),
    ...mailboxIds.map((id) => [`m:${id}`, true] as const),
  ]);

/** What differs between two states of an object, cell by cell. */
const moved = (before: Cells, after: Cells): [string, boolean | string | null][] =>
  [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [was, is] = [before.get(key) ?? false, after.get(key) ?? false];
    return was === is ? [] : [[key, is]];
  });

const countOf = (truth: Truth, email: string): number => truth.emails[email]?.mailboxIds.length ?? 0;

/** Another client's deeds, found by comparing what the server had before and after. */
const noteOther = (ledger: Ledger, open: Open, before: Truth, after: Truth): void => {
  for (const [id, email] of Object.entries(before.emails)) {
    const now = after.emails[id];
    addTo(ledger.copies.others, id, countOf(after, id) - countOf(before, id));
    if (!now) {
      const known = ledger.doomed.get(id) ?? new Set();
      ledger.doomed.set(id, known.add(null));
      continue;
    }
    const rivals = open.get(id) ?? new Map<number, boolean>();
    for (const [key, value] of moved(cellsOf(email), cellsOf(now)))
      ledger.entries.push({ object: id, key, value, change: null, open: rivals });
    const wasElsewhere = email.mailboxIds.join() !== now.mailboxIds.join();
    if (!wasElsewhere) continue;
    ledger.copies.moved.add(id);
    // What the person moves meanwhile as well ends in both places: as another message.
    addTo(ledger.copies.more, id, 2 * rivals.size);
  }
  for (const id of new Set([...Object.keys(before.mailboxes), ...Object.keys(after.mailboxes)])) {
    const [was, is] = [before.mailboxes[id], after.mailboxes[id]];
    const rivals = open.get(id) ?? (was ? undefined : open.get(`made ${is?.name}`)) ?? new Map<number, boolean>();
    const note = (key: string, value: Entry['value']): void =>
      void ledger.entries.push({ object: id, key, value, change: null, open: rivals });
    if (was && !is) note('exists', false);
    if (is && !was) note('exists', true);
    if (is && was?.name !== is.name) note('name', is.name);
    if (is && was?.parentId !== is.parentId) note('parent', is.parentId);
  }
};

type TargetRow = { email_id: number; effect: string; before: string };

/** What a change wants of its emails; sent again, it is only what had failed. */
const noteEmails = (ledger: Ledger, raw: Readable, change: number, again: boolean): void => {
  const rows = raw.read((db) =>
    db.all<TargetRow>(
      `SELECT email_id, effect, json_extract(overwritten, '$.mailboxes') AS before FROM pending_emails
       WHERE change_id = ? AND (? = 0 OR stage = 'failed')`,
      change,
      again ? 1 : 0,
    ),
  );
  const rivals = openNow(ledger, raw);
  for (const { email_id, effect: text, before } of rows) {
    const effect = JSON.parse(text) as EmailEffect;
    const object = ledger.remoteEmails.get(email_id);
    if (object === undefined) continue;
    if (effect.destroy) {
      const known = ledger.doomed.get(object) ?? new Set();
      ledger.doomed.set(object, known.add(change));
      addTo(ledger.copies.fewer, object, 1);
      continue;
    }
    const others = new Map(rivals.get(object));
    others.delete(change);
    const isSure = !again && others.size === 0 && !ledger.copies.moved.has(object);
    addTo(ledger.copies.more, object, copiesMade(effect, JSON.parse(before) as number[], isSure));
    const open = again ? others : new Map<number, boolean>();
    const cells = [
      ...Object.entries(effect.keywords ?? {}).map(([name, on]) => [`k:${name}`, on] as const),
      ...Object.entries(effect.mailboxes ?? {}).map(([box, on]) => [`m:${boxName(ledger, Number(box))}`, on] as const),
    ];
    for (const [key, value] of cells) ledger.entries.push({ object, key, value, change, open, again });
  }
};

/** The same of mailboxes: what waits already, and is only to be tried sooner, keeps its place among the others. */
const noteMailboxes = (ledger: Ledger, raw: Readable, change: number, again: boolean): void => {
  const targets = raw.read((db) =>
    db.all<{ mailbox_id: number; effect: string }>(
      `SELECT t.mailbox_id, t.effect FROM pending_mailboxes t JOIN pending_changes c ON c.id = t.change_id
       WHERE t.change_id = ? AND (? = 0 OR c.stage = 'failed')`,
      change,
      again ? 1 : 0,
    ),
  );
  for (const { mailbox_id, effect } of targets) {
    const { name, parent, exists } = JSON.parse(effect) as { name?: string; parent?: number | null; exists?: boolean };
    const note = (key: string, value: Entry['value']): void =>
      void ledger.entries.push({ object: boxName(ledger, mailbox_id), key, value, change, open: new Map(), again });
    if (exists === false) ledger.withMailbox.add(change);
    if (exists !== undefined) note('exists', exists);
    if (name !== undefined) note('name', name);
    if (parent !== undefined) note('parent', parent === null ? null : boxName(ledger, parent));
  }
};

const noteBoxes = (ledger: Ledger, eyes: Eyes, raw: Readable): void =>
  raw.read((db) => {
    const boxes = db.all<{ id: number; remoteId: string }>(
      'SELECT id, remote_id AS remoteId FROM mailboxes WHERE remote_id IS NOT NULL',
    );
    for (const { id, remoteId } of boxes) {
      const name = eyes.mailbox(db, remoteId, ledger.remote.get(id));
      if (name !== undefined) ledger.remote.set(id, name);
    }
  });

const noteNames = (ledger: Ledger, eyes: Eyes, raw: Readable): void => {
  noteBoxes(ledger, eyes, raw);
  const last = Math.max(0, ...ledger.remoteEmails.keys());
  const rows = raw.read((db) =>
    db.all<{ id: number; remoteId: string; subject: string | null }>(
      'SELECT id, remote_id AS remoteId, subject FROM emails WHERE id > ?',
      last,
    ),
  );
  for (const row of rows) ledger.remoteEmails.set(row.id, eyes.email(row));
};

/** An empty ledger over a server and a replica. */
export const createLedger = (raw: Readable, eyes: Eyes, onlyMoves = false): Ledger => {
  const stored = new Set<string>();
  const ledger: Ledger = {
    entries: [],
    first: new Map(),
    doomed: new Map(),
    retried: new Set(),
    unguarded: false,
    vague: false,
    renumbered: false,
    withMailbox: new Set(),
    single: eyes.single,
    copies: noCopies(),
    onlyMoves,
    remote: new Map(),
    remoteEmails: new Map(),
    firstMailboxes: {},
    nameOf: (object) => ledger.remote.get(Number(/^local (\d+)$/.exec(object)?.[1] ?? 0)) ?? object,
    noteMailboxes: () => noteBoxes(ledger, eyes, raw),
    look: async () => {
      const truth = await eyes.truth();
      for (const [id, email] of Object.entries(truth.emails)) {
        if (ledger.first.has(id)) continue;
        ledger.first.set(id, email);
        ledger.copies.others.set(id, email.mailboxIds.length);
      }
      noteNames(ledger, eyes, raw);
      for (const [id, mailbox] of Object.entries(truth.mailboxes)) ledger.firstMailboxes[id] ??= mailbox;
      return truth;
    },
    other: async (act) => {
      const [before, openBefore] = [await ledger.look(), openNow(ledger, raw)];
      await act();
      const after = await ledger.look();
      noteOther(ledger, openBetween(openBefore, openNow(ledger, raw)), before, after);
    },
    catchUp: () => {
      noteNames(ledger, eyes, raw);
      const last = Math.max(0, ...[...stored].map(Number));
      const rows = raw.read((db) => db.all<{ id: number }>('SELECT id FROM pending_changes WHERE id > ?', last));
      for (const { id } of rows) {
        stored.add(String(id));
        noteEmails(ledger, raw, id, false);
        noteMailboxes(ledger, raw, id, false);
      }
      return new Set(stored);
    },
    again: (ids) => {
      for (const id of ids.map(Number)) {
        ledger.retried.add(id);
        noteGoing(ledger, raw, id);
        noteEmails(ledger, raw, id, true);
        noteMailboxes(ledger, raw, id, true);
      }
    },
    verdict: (truth) => judge(ledger, raw, truth),
  };
  return ledger;
};
