import assert from 'node:assert/strict';
import { asTernError, type TernError } from '../../src-shared/errors.ts';
import type { LoggedSet } from '../servers/jmap/site.ts';
import type { World } from './world.ts';

/** A replica in step with its server, at rest: nothing is sent until it syncs. */
export const resting = async (w: World): Promise<World> => {
  await w.expectTrue();
  await w.engine.stop();
  w.forget();
  return w;
};

/** The server's ids of the emails that the replica shows, sorted. */
export const idsOf = (w: Pick<World, 'view'>): string[] => Object.keys(w.view().emails).toSorted();

/** The local id of an email. */
export const localEmail = (w: World, remoteId: string): string => {
  const row = w.store.read((db) => db.get<{ id: number }>('SELECT id FROM emails WHERE remote_id = ?', remoteId));
  assert.ok(row, `${remoteId} is not held`);
  return String(row.id);
};

/** What the person sees of an email, in the two things that change. */
export const seen = (w: World, id: string): { keywords: string[]; mailboxIds: string[] } | undefined => {
  const email = w.view().emails[id];
  return email && { keywords: email.keywords, mailboxIds: email.mailboxIds };
};

/** The same on the server. */
export const onServer = async (w: World, id: string): Promise<ReturnType<typeof seen>> => {
  const email = (await w.server.truth()).emails[id];
  return email && { keywords: email.keywords, mailboxIds: email.mailboxIds };
};

/** Every change that is not settled, in a few words: type, state, attempts, kind of error. */
export const queue = (w: Pick<World, 'changes'>): string[] =>
  w.changes().map(({ type, state, attempts, error }) => `${type} ${state} ${attempts}${error ? ` ${error.kind}` : ''}`);

/** The only change that is not settled, whole. */
export const theChange = (w: Pick<World, 'changes'>): ReturnType<World['changes']>[number] => {
  const [change, ...more] = w.changes();
  assert.ok(change && more.length === 0, `one change is not settled, not ${more.length + (change ? 1 : 0)}`);
  return change;
};

/** What a call throws, as Tern's own error. */
const thrownBy = (call: () => unknown): TernError => {
  try {
    call();
  } catch (error) {
    return asTernError(error);
  }
  return assert.fail('it throws');
};

/** Kind and field of what a call throws. */
export const refusal = (call: () => unknown): [string, string | undefined] => {
  const { kind, field } = thrownBy(call);
  return [kind, field];
};

/** Ids that a set updates or destroys. */
export const itemsOf = ({ args }: LoggedSet): string[] => [
  ...Object.keys(args['update'] ?? {}),
  ...((args['destroy'] ?? []) as string[]),
];

/** The patches that the server got for an email, in order, whether it carried them out or not. */
export const patchesOf = (w: World, id: string): unknown[] =>
  w.server.setCalls('Email/set').flatMap(({ args }) => ((args['update'] ?? {}) as Record<string, unknown>)[id] ?? []);

/** How often a mailbox or email was named by sets. */
export const timesSent = (w: World, id: string): number =>
  w.server.setCalls().filter((set) => itemsOf(set).includes(id)).length;

/** Moves time on and lets the cycle that comes due then end. */
export const later = async (w: Pick<World, 'cycles' | 'clock' | 'until' | 'engine'>, ms: number): Promise<void> => {
  const before = w.cycles().length;
  await w.clock.advance(ms);
  await w.until(() => w.cycles().length > before, 'the next cycle');
  await w.until(() => ['live', 'offline', 'blocked'].includes(w.engine.status().phase), 'the end of the cycle');
};

/** Every view that a commit led to, from now on. */
export const watchViews = (w: World): ReturnType<World['view']>[] => {
  const views: ReturnType<World['view']>[] = [];
  w.hooks.onCommit = () => void views.push(w.view());
  return views;
};

/** What the rows say that every commit has to keep: counters held, threads, and what mailboxes repeat of emails. */
export const rowFaults = (w: World): unknown[] =>
  w.store.read((db) => [
    ...db.all(`SELECT id, name, held_total, held_unread FROM mailboxes m
      WHERE held_total <> (SELECT count(*) FROM email_mailboxes e WHERE e.mailbox_id = m.id)
         OR held_unread <> (SELECT coalesce(sum(is_unread), 0) FROM email_mailboxes e WHERE e.mailbox_id = m.id)`),
    ...db.all('SELECT id FROM threads WHERE id NOT IN (SELECT thread_id FROM emails)'),
    ...db.all(`SELECT e.id FROM emails e JOIN email_mailboxes m ON m.email_id = e.id
      WHERE m.is_unread <> e.is_unread OR m.thread_id <> e.thread_id OR m.sort_key <> e.sort_key`),
    ...db.all(`SELECT id FROM emails e WHERE (pending > 0) <> EXISTS (SELECT 1 FROM email_base WHERE email_id = e.id)
      OR pending <> (SELECT count(*) FROM pending_emails p WHERE p.email_id = e.id
        AND p.stage IN ('queued', 'inflight', 'acknowledged'))`),
  ]);

/** The names of the mailboxes that are seen, besides those that every account has. */
export const namesOf = (w: { view(): { mailboxes: Record<string, { name: string }> } }): string[] =>
  Object.values(w.view().mailboxes)
    .map(({ name }) => name)
    .filter((name) => !['Inbox', 'Archive', 'Drafts', 'Sent', 'Junk', 'Trash'].includes(name))
    .toSorted();
