import './noPage.ts';
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { rowKey } from '../../../electron/renderer/lib/keys.ts';
import { accounts, mailboxes } from '../../../electron/renderer/state/accounts.ts';
import { question } from '../../../electron/renderer/state/asking.ts';
import { commands, deeds, goTo } from '../../../electron/renderer/state/commands.ts';
import { cursor, list, opened, picked, putCursor, rows } from '../../../electron/renderer/state/list.ts';
import { rowState } from '../../../electron/renderer/state/overlay.ts';
import { filter, place } from '../../../electron/renderer/state/places.ts';
import { openRow } from '../../../electron/renderer/state/reader.ts';
import { leaveSearch, search, searchText } from '../../../electron/renderer/state/search.ts';
import { extendTo, isPicked, mayPickWhole, openTarget, togglePick } from '../../../electron/renderer/state/targets.ts';
import { t as words } from '../../../electron/renderer/strings/en.ts';
import { until } from '../../support/processes.ts';
import { begin, open, openWorld, row, said, shown, type World } from './world.ts';

const toUnread = async (...subjects: string[]): Promise<void> => {
  filter.value = 'unread';
  await until('the unread ones', () => subjects.every((subject) => shown().includes(subject)));
};

/** Opens a conversation and waits until the list would be without it. */
const read = async (subject: string): Promise<void> => {
  await openRow(await row(subject));
  await list.value.refresh();
  assert.ok(!list.value.rows.value.all().some((each) => each.subject === subject), `${subject} is still unread`);
};

const whatIsOpen = async (t: TestContext, world: World): Promise<void> => {
  await t.test(
    'stays in a list that is narrowed to what is unread, and is what reader and keys are about',
    async () => {
      begin();
      await world.deliver('Newer', 'Parcel', 'Older');
      await toUnread('Newer', 'Parcel', 'Older');
      await read('Parcel');
      assert.deepEqual(shown(), ['Newer', 'Parcel', 'Older']);
      const parcel = await row('Parcel');
      assert.equal(cursor.value, rowKey(parcel), 'the cursor stays on it');
      assert.equal(rowState(parcel, undefined).unread, false, 'and is shown as read');
      commands.remove();
      assert.deepEqual([shown(), open()], [['Newer', 'Older'], null]);
      await world.isAt('Parcel', 'Trash');
      assert.deepEqual([await world.where('Older'), await world.where('Newer')], [['Inbox'], ['Inbox']]);
      assert.deepEqual(said(), [words.done.deleted('“Parcel”')]);
    },
  );

  await t.test('is followed by the very next one, of which none is left out', async () => {
    begin();
    await world.deliver('One', 'Two', 'Three');
    await toUnread('One', 'Two', 'Three');
    await read('One');
    commands.next();
    assert.equal(open(), 'Two');
    await until('Two to be read', () => !list.value.rows.value.all().some(({ subject }) => subject === 'Two'));
    commands.next();
    assert.equal(open(), 'Three');
    commands.close();
    assert.ok(!shown().includes('One'), 'what was closed goes');
  });

  await t.test('is what the reader’s buttons are about, though others are picked out', async () => {
    begin();
    await world.deliver('Picked', 'Open');
    const key = rowKey(await row('Picked'));
    await openRow(await row('Open'));
    togglePick(key);
    deeds.archive(openTarget());
    assert.deepEqual([open(), [...picked.value]], [null, [key]]);
    await world.isAt('Open', 'Archive');
    commands.archive();
    await world.isAt('Picked', 'Archive');
  });

  await t.test('is what they are about where the list has it not, and the cursor stays', async () => {
    begin();
    await world.deliver('Here', 'Elsewhere');
    const elsewhere = await row('Elsewhere');
    goTo({ kind: 'role', role: 'archive' });
    await row('Open');
    putCursor(0);
    const before = shown();
    await openRow(elsewhere);
    assert.deepEqual(shown(), before, 'it is not put where it is not');
    commands.remove();
    await world.isAt('Elsewhere', 'Trash');
    assert.deepEqual(await world.where('Open'), ['Archive']);
  });

  await t.test('is closed by nothing that is done to others, and opening one ends a selection', async () => {
    begin();
    await world.deliver('A', 'B');
    await openRow(await row('A'));
    togglePick(rowKey(await row('B')));
    commands.unread();
    assert.equal(open(), 'A');
    commands.next();
    assert.equal(open(), 'A', 'a cursor that picks opens nothing');
    putCursor(rows.value.all().findIndex(({ subject }) => subject === 'B'));
    commands.open();
    assert.deepEqual([open(), picked.value.size], ['B', 0]);
  });
};

const picking = async (t: TestContext, world: World): Promise<void> => {
  await t.test('goes from where it began to where the cursor is, back and forth', async () => {
    begin();
    await world.deliver('R1', 'R2', 'R3', 'R4');
    await row('R1');
    const names = (): (string | null)[] =>
      rows.value
        .all()
        .filter((each) => picked.value.has(rowKey(each)))
        .map(({ subject }) => subject);
    togglePick(rowKey(await row('R4')));
    putCursor(0);
    commands.extendDown();
    assert.deepEqual(names(), ['R1', 'R2', 'R4']);
    commands.extendDown();
    commands.extendUp();
    assert.deepEqual(names(), ['R1', 'R2', 'R4'], 'what the range left is not picked');
    commands.pickNone();
    extendTo(2);
    assert.deepEqual(names(), ['R2', 'R3']);
  });

  await t.test('takes all there is, also what was not read yet, but nothing that came after', async () => {
    await world.deliver(...Array.from({ length: 320 }, (_, n) => `M${n}`));
    begin();
    await until('the first rows', () => shown()[0] === 'M0');
    assert.ok(rows.value.length < 320, `${rows.value.length} rows`);
    const known = rows.value.length;
    commands.pickAll();
    list.value.look(0, 1);
    await until('more rows', () => rows.value.length > known && rows.value.length < 320);
    assert.ok(mayPickWhole.value, 'also where more was read since');
    commands.pickWhole();
    await world.deliver('Too late');
    assert.deepEqual([isPicked(await row('M5')), isPicked(await row('Too late'))], [true, false]);
    commands.archive();
    assert.equal(question.value?.title, words.done.sureWhole('Inbox').title);
    question.value?.answer(true);
    await until('all archived', async () => {
      const { mailboxes: there } = await world.server.truth();
      return Object.values(there).some(({ name, totalEmails }) => name === 'Inbox' && totalEmails === 1);
    });
    assert.deepEqual(await world.where('Too late'), ['Inbox']);
    await until('the list to have nothing else', () => shown().join() === 'Too late');
    commands.undo();
    await until('all back', async () => (await world.where('M319')).join() === 'Inbox');
  });

  await t.test('is of the rows alone again once one more is picked', async () => {
    begin();
    await row('M0');
    commands.pickWhole();
    togglePick(rowKey(await row('M0')));
    commands.star();
    assert.equal(question.value, null);
  });
};

const searching = async (t: TestContext): Promise<void> => {
  await t.test('ends where it began, with nothing left in its field', async () => {
    begin();
    goTo({ kind: 'role', role: 'archive' });
    filter.value = 'flagged';
    search('picked');
    await until('the search', () => place.value.kind === 'search');
    await row('Picked');
    search('picked subject:picked');
    await until('the next search', () => place.value.kind === 'search' && place.value.text !== 'picked');
    leaveSearch();
    assert.deepEqual([place.value, filter.value, searchText.value], [{ kind: 'role', role: 'archive' }, 'flagged', '']);
    search('picked');
    await until('the search', () => place.value.kind === 'search');
    goTo({ kind: 'role', role: 'sent' });
    assert.equal(searchText.value, '', 'and so it is for who goes elsewhere');
    assert.equal(opened.value, null);
  });
};

const leaving = async (t: TestContext, { server, account }: World): Promise<void> => {
  await t.test('is left for the inbox once another program deleted it, which is said once', async () => {
    begin();
    const id = await server.createMailbox('Projects');
    const [email = ''] = await server.deliver([{ subject: 'Plan' }]);
    await server.setMailboxes([email], { [id]: true, [server.mailboxId('inbox')]: null });
    const named = () => mailboxes.value.find(({ name }) => name === 'Projects' || name === 'Work');
    await until('the mailbox', () => named() !== undefined);
    goTo({ kind: 'mailbox', account, mailbox: named()?.id ?? '' });
    await openRow(await row('Plan'));
    await server.renameMailbox(id, 'Work');
    await until('its other name', () => named()?.name === 'Work');
    assert.deepEqual([place.value.kind, open()], ['mailbox', 'Plan']);
    await server.deleteMailbox(id);
    await until('the inbox', () => place.value.kind === 'role');
    await until('its rows', () => list.value.ready.value);
    assert.deepEqual(
      [place.value, open(), said()],
      [{ kind: 'role', role: 'inbox' }, null, ['Work is no longer there.']],
    );
  });

  await t.test('is left with its account', async () => {
    const id = mailboxes.value.find(({ role }) => role === 'archive')?.id ?? '';
    goTo({ kind: 'mailbox', account, mailbox: id });
    accounts.value = [];
    assert.equal(place.value.kind, 'role');
  });
};

test('the state of the window, over a backend and a server', async (t) => {
  const world = await openWorld(t);
  await t.test('what is open', (inner) => whatIsOpen(inner, world));
  await t.test('a selection', (inner) => picking(inner, world));
  await t.test('a search', (inner) => searching(inner));
  await t.test('a mailbox that is gone', (inner) => leaving(inner, world));
});
