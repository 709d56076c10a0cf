import './noPage.ts';
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { mailboxes, readAll } from '../../../electron/renderer/state/accounts.ts';
import {
  createMailbox,
  deleteMailbox,
  emptyPlace,
  markPlaceRead,
  moveTo,
} from '../../../electron/renderer/state/actions.ts';
import { question } from '../../../electron/renderer/state/asking.ts';
import { commands, deeds, goTo, putAway } from '../../../electron/renderer/state/commands.ts';
import { beginDrag, dragged, drop, mayDrop } from '../../../electron/renderer/state/drag.ts';
import { call } from '../../../electron/renderer/state/line.ts';
import { list } from '../../../electron/renderer/state/list.ts';
import { filter } from '../../../electron/renderer/state/places.ts';
import { openRow } from '../../../electron/renderer/state/reader.ts';
import { these } from '../../../electron/renderer/state/targets.ts';
import { dismiss, toasts } from '../../../electron/renderer/state/toasts.ts';
import { t as words } from '../../../electron/renderer/strings/en.ts';
import { until } from '../../support/processes.ts';
import { begin, open, openWorld, row, said, shown, type World } from './world.ts';

/** What the person is asked. */
const asked = (): string | undefined => question.value?.title;

/** Answers what is asked; what is to come of it has begun then. */
const answer = async (agreed: boolean): Promise<void> => {
  assert.ok(question.value, 'nothing is asked');
  question.value.answer(agreed);
  await new Promise((resolve) => setImmediate(resolve));
};

/** A conversation of two mails. */
const answered = async (world: World, subject: string) => {
  const messageId = `${subject.toLowerCase()}@family.example`;
  await world.server.deliver([
    { subject, messageId },
    { subject: `Re: ${subject}`, inReplyTo: messageId },
  ]);
  await call('sync.now', world.account, {});
  await list.value.refresh();
  return row(`Re: ${subject}`);
};

/** A conversation of a mail in the inbox and a later one in the archive. */
const split = async (world: World, subject: string): Promise<void> => {
  const { id } = await answered(world, subject);
  await call('changes.submit', world.account, { changes: [{ type: 'move', emails: [id], role: 'archive' }] });
  await world.isAt(`Re: ${subject}`, 'Archive');
  await list.value.refresh();
};

const aDeed = async (t: TestContext, world: World): Promise<void> => {
  await t.test('asks before it deletes for good, and says that it did', async () => {
    begin();
    await world.deliver('Parcel');
    deeds.remove(these([await row('Parcel')]));
    await world.isAt('Parcel', 'Trash');
    goTo({ kind: 'role', role: 'trash' });
    await openRow(await row('Parcel'));
    for (const { id } of toasts.value) dismiss(id);
    commands.remove();
    assert.equal(asked(), words.done.sureForGood('“Parcel”'));
    await answer(false);
    assert.deepEqual([said(), open(), shown()], [[], 'Parcel', ['Parcel']]);
    commands.remove();
    await answer(true);
    assert.deepEqual([open(), shown()], [null, []]);
    await world.isAt('Parcel');
    await until('a word of it', () => said().includes(words.done.deletedForGood('“Parcel”')));
  });

  await t.test('is not begun by dragging from Trash into Trash', async () => {
    begin();
    await world.deliver('Dragged');
    const trash = mailboxes.value.find(({ role }) => role === 'trash')?.id ?? '';
    const own = { kind: 'mailbox', account: world.account, mailbox: trash } as const;
    beginDrag(await row('Dragged'));
    assert.ok(mayDrop(own));
    drop(own);
    await world.isAt('Dragged', 'Trash');
    goTo({ kind: 'role', role: 'trash' });
    beginDrag(await row('Dragged'));
    assert.deepEqual([mayDrop(own), mayDrop({ kind: 'role', role: 'inbox' })], [false, true]);
    dragged.value = null;
  });

  await t.test('is about what was meant where the person was, though they go elsewhere at once', async () => {
    begin();
    await split(world, 'Trip');
    deeds.remove(these([await row('Trip')]));
    goTo({ kind: 'role', role: 'archive' });
    await world.isAt('Trip', 'Trash');
    assert.deepEqual(await world.where('Re: Trip'), ['Archive']);
  });

  await t.test('is so, too, where they go before they agree', async () => {
    begin();
    goTo({ kind: 'role', role: 'trash' });
    deeds.remove(these([await row('Trip')]));
    goTo({ kind: 'role', role: 'archive' });
    await answer(true);
    await world.isAt('Trip');
    assert.deepEqual(await world.where('Re: Trip'), ['Archive']);
  });

  await t.test('closes what is open only where the person agrees', async () => {
    begin();
    await world.deliver('Kept open');
    await openRow(await row('Kept open'));
    commands.pickWhole();
    commands.unread();
    assert.equal(asked(), words.done.sureWhole('Inbox').title);
    await answer(false);
    assert.equal(open(), 'Kept open');
  });

  await t.test('says so where there was nothing to change', async () => {
    begin();
    goTo({ kind: 'role', role: 'archive' });
    deeds.archive(these([await row('Re: Trip')]));
    await until('a word of it', () => said().includes(words.done.nothing));
    assert.deepEqual(said(), [words.done.nothing]);
    assert.deepEqual(await world.where('Re: Trip'), ['Archive']);
  });

  await t.test('archives from a mailbox of one’s own, and moves into one', async () => {
    begin();
    const { mailboxes: made } = await call('changes.submit', world.account, {
      changes: [{ type: 'mailbox', op: 'create', name: 'Bills' }],
    });
    await until('the mailbox', () => mailboxes.value.some(({ name }) => name === 'Bills'));
    await world.deliver('Gas');
    const bills = made?.['0'] ?? '';
    const gas = await row('Gas');
    putAway(these([gas]), (some, begun) => moveTo(some, bills, begun));
    await world.isAt('Gas', 'Bills');
    goTo({ kind: 'mailbox', account: world.account, mailbox: bills });
    deeds.archive(these([await row('Gas')]));
    await world.isAt('Gas', 'Archive');
  });
};

const wholePlaces = async (t: TestContext, world: World): Promise<void> => {
  await t.test('is narrowed to conversations, and all of it is about the whole of those', async () => {
    begin();
    const { threadId } = await answered(world, 'Half');
    const [, newest] = (await call('threads.get', world.account, { thread: threadId })).emails;
    const read = { type: 'keywords' as const, emails: [newest?.id ?? ''], patch: { $seen: true as const } };
    await call('changes.submit', world.account, { changes: [read] });
    filter.value = 'unread';
    await row('Half');
    commands.pickWhole();
    commands.archive();
    await answer(true);
    await world.isAt('Re: Half', 'Archive');
    await world.isAt('Half', 'Archive');
    filter.value = 'all';
    commands.undo();
    await world.isAt('Half', 'Inbox');
  });

  await t.test('is marked as read whole', async () => {
    begin();
    await row('Kept open');
    await markPlaceRead();
    await until('nothing unread', async () => {
      const { mailboxes: there } = await world.server.truth();
      return Object.values(there).some(({ name, unreadEmails }) => name === 'Inbox' && unreadEmails === 0);
    });
  });

  await t.test('is emptied once the person agreed, of what is nowhere else', async () => {
    begin();
    await world.deliver('Both', 'Elsewhere', 'Late', 'Rescued');
    const rescued = await row('Rescued');
    deeds.remove(these([rescued]));
    await world.isAt('Rescued', 'Trash');
    const late = { type: 'delete' as const, emails: [(await row('Late')).id] };
    deeds.remove(these([await row('Elsewhere')]));
    await world.isAt('Elsewhere', 'Trash');
    const trash = mailboxes.value.find(({ role }) => role === 'trash')?.id ?? '';
    const also = { type: 'mailboxes' as const, emails: [(await row('Both')).id], patch: { [trash]: true as const } };
    await call('changes.submit', world.account, { changes: [also] });
    goTo({ kind: 'role', role: 'trash' });
    await row('Elsewhere');
    for (const { id } of toasts.value) dismiss(id);
    const refused = emptyPlace();
    assert.equal(asked(), words.done.sureEmpty('Trash'));
    await answer(false);
    await refused;
    assert.ok(shown().includes('Elsewhere'));
    const emptied = emptyPlace();
    const back = { type: 'move' as const, emails: [rescued.id], role: 'inbox' as const };
    await call('changes.submit', world.account, { changes: [late, back] });
    goTo({ kind: 'role', role: 'inbox' });
    await answer(true);
    await emptied;
    assert.deepEqual(said(), [words.done.emptied('Trash')]);
    await world.isAt('Elsewhere');
    await world.isAt('Both', 'Inbox');
    // The one came while the person was asked, the other was taken out again.
    await world.isAt('Late', 'Trash');
    await world.isAt('Rescued', 'Inbox');
  });

  await t.test('is deleted with what is below it, once the person has seen what that is', async () => {
    begin();
    const top = await createMailbox(world.account, 'Projects');
    const child = await createMailbox(world.account, 'Tern', top);
    await createMailbox(world.account, 'Docs', child);
    await world.deliver('Plan');
    const plan = await row('Plan');
    await moveTo(these([plan]), child);
    await world.isAt('Plan', 'Tern');
    await call('sync.now', world.account, {});
    await readAll();
    const projects = mailboxes.value.find(({ name }) => name === 'Projects');
    assert.ok(projects);
    const deleting = deleteMailbox(projects);
    assert.deepEqual(question.value?.lines, words.mailbox.goes(['Tern', 'Docs'], 1));
    await answer(false);
    assert.equal(await deleting, false);
    const agreed = deleteMailbox(projects);
    await answer(true);
    assert.equal(await agreed, true);
    await world.isAt('Plan');
    assert.deepEqual(said(), [words.done.moved('“Plan”', 'Tern'), words.mailbox.deleted('Projects')]);
  });
};

test('what is done to mail and mailboxes, over a backend and a server', async (t) => {
  const world = await openWorld(t);
  await t.test('a deed', (inner) => aDeed(inner, world));
  await t.test('a mailbox', (inner) => wholePlaces(inner, world));
});
