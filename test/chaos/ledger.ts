import type { EmailEffect } from '../../src-shared/project.ts';
import type { Truth } from '../servers/mailServer.ts';
import type { Readable, Server } from './actor.ts';
import { judge } from './verdict.ts';

/** Something a person wants of an email or mailbox, or another client did to it: one value of one of its cells. */
export type Entry = {
  /** The email or mailbox: the server's id, or `local N` of a mailbox that had none yet. */
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
  /** Changes that delete a mailbox: what leaves it in time is not destroyed with it. */
  readonly withMailbox: Set<number>;
  /** Server ids of mailboxes by local id, and local ids of emails by the server's. */
  readonly remote: Map<number, string>;
  readonly local: Map<string, number>;
  readonly remoteEmails: Map<number, string>;
  readonly firstMailboxes: Truth['mailboxes'];
  /** A mailbox by the server's id, once it has one. */
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

const openNow = (raw: Readable): Open => {
  const rows = raw.read((db) =>
    db.all<{ object: string; id: number; stage: string }>(
      `SELECT e.remote_id AS object, t.change_id AS id, t.stage FROM pending_emails t JOIN emails e ON e.id = t.email_id
       WHERE t.stage IN ('queued', 'inflight') UNION
       SELECT m.remote_id, c.id, c.stage FROM pending_mailboxes t JOIN pending_changes c ON c.id = t.change_id
       JOIN mailboxes m ON m.id = t.mailbox_id WHERE c.stage IN ('queued', 'inflight') UNION
       SELECT 'made ' || json_extract(made.effect, '$.name'), c.id, c.stage FROM pending_mailboxes t
       JOIN pending_changes c ON c.id = t.change_id JOIN mailboxes m ON m.id = t.mailbox_id AND m.remote_id IS NULL
       JOIN pending_mailboxes made ON made.mailbox_id = m.id AND json_extract(made.effect, '$.exists') = 1
       WHERE c.stage IN ('queued', 'inflight')`,
    ),
  );
  const open: Open = new Map();
  for (const { object, id, stage } of rows) open.set(object, new Map(open.get(object)).set(id, stage === 'queued'));
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

/** Another client's deeds, found by comparing what the server had before and after. */
const noteOther = (ledger: Ledger, open: Open, before: Truth, after: Truth): void => {
  for (const [id, email] of Object.entries(before.emails)) {
    const now = after.emails[id];
    if (!now) {
      const known = ledger.doomed.get(id) ?? new Set();
      ledger.doomed.set(id, known.add(null));
      continue;
    }
    for (const [key, value] of moved(cellsOf(email), cellsOf(now)))
      ledger.entries.push({ object: id, key, value, change: null, open: open.get(id) ?? new Map() });
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

type TargetRow = { email_id: number; effect: string };

/** What a change wants of its emails; sent again, it is only what had failed. */
const noteEmails = (ledger: Ledger, raw: Readable, change: number, again: boolean): void => {
  const rows = raw.read((db) =>
    db.all<TargetRow>(
      `SELECT email_id, effect FROM pending_emails WHERE change_id = ? AND (? = 0 OR stage = 'failed')`,
      change,
      again ? 1 : 0,
    ),
  );
  const rivals = again ? openNow(raw) : new Map<string, Map<number, boolean>>();
  for (const { email_id, effect: text } of rows) {
    const effect = JSON.parse(text) as EmailEffect;
    const object = ledger.remoteEmails.get(email_id);
    if (object === undefined) continue;
    if (effect.destroy) {
      const known = ledger.doomed.get(object) ?? new Set();
      ledger.doomed.set(object, known.add(change));
      continue;
    }
    const open = new Map(rivals.get(object));
    open.delete(change);
    const cells = [
      ...Object.entries(effect.keywords ?? {}).map(([name, on]) => [`k:${name}`, on] as const),
      ...Object.entries(effect.mailboxes ?? {}).map(([box, on]) => [`m:${boxName(ledger, Number(box))}`, on] as const),
    ];
    for (const [key, value] of cells) ledger.entries.push({ object, key, value, change, open, again });
  }
};

const noteMailboxes = (ledger: Ledger, raw: Readable, change: number, again: boolean): void => {
  const targets = raw.read((db) =>
    db.all<{ mailbox_id: number; effect: string }>(
      'SELECT mailbox_id, effect FROM pending_mailboxes WHERE change_id = ?',
      change,
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

type IdRow = { id: number; remote_id: string };

const noteBoxIds = (ledger: Ledger, raw: Readable): void => {
  const boxes = raw.read((db) => db.all<IdRow>('SELECT id, remote_id FROM mailboxes WHERE remote_id IS NOT NULL'));
  for (const { id, remote_id } of boxes) ledger.remote.set(id, remote_id);
};

const noteIds = (ledger: Ledger, raw: Readable): void => {
  noteBoxIds(ledger, raw);
  raw.read((db) => {
    const last = Math.max(0, ...ledger.local.values());
    const emails = db.all<IdRow>('SELECT id, remote_id FROM emails WHERE id > ?', last);
    for (const { id, remote_id } of emails) {
      ledger.local.set(remote_id, id);
      ledger.remoteEmails.set(id, remote_id);
    }
  });
};

/** An empty ledger over a server and a replica. */
export const createLedger = (raw: Readable, server: Pick<Server, 'truth'>): Ledger => {
  const stored = new Set<string>();
  const ledger: Ledger = {
    entries: [],
    first: new Map(),
    doomed: new Map(),
    retried: new Set(),
    unguarded: false,
    withMailbox: new Set(),
    remote: new Map(),
    local: new Map(),
    remoteEmails: new Map(),
    firstMailboxes: {},
    nameOf: (object) => ledger.remote.get(Number(/^local (\d+)$/.exec(object)?.[1] ?? 0)) ?? object,
    noteMailboxes: () => noteBoxIds(ledger, raw),
    look: async () => {
      const truth = await server.truth();
      for (const [id, email] of Object.entries(truth.emails)) if (!ledger.first.has(id)) ledger.first.set(id, email);
      noteIds(ledger, raw);
      if (Object.keys(ledger.firstMailboxes).length === 0) Object.assign(ledger.firstMailboxes, truth.mailboxes);
      return truth;
    },
    other: async (act) => {
      const [before, openBefore] = [await ledger.look(), openNow(raw)];
      await act();
      const after = await ledger.look();
      noteOther(ledger, openBetween(openBefore, openNow(raw)), before, after);
    },
    catchUp: () => {
      noteIds(ledger, raw);
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
        noteEmails(ledger, raw, id, true);
        noteMailboxes(ledger, raw, id, true);
      }
    },
    verdict: (truth) => judge(ledger, raw, truth),
  };
  return ledger;
};
