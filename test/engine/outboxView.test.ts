import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mails, type World, world } from '../support/world.ts';
import { idsOf, localEmail, onServer, queue, resting, rowFaults, seen, watchViews } from '../support/worldQueue.ts';
import { tap } from '../support/worldTap.ts';

/** What a person saw of the keywords of an email, commit by commit, repetitions left out. */
const keywordsSeen = (views: ReturnType<typeof watchViews>, id: string): string[] =>
  views
    .map((view) => view.emails[id]?.keywords.join(' ') ?? 'gone')
    .filter((now, index, all) => index === 0 || now !== all[index - 1]);

describe('P3: no flicker', () => {
  for (const hidden of [false, true])
    it(`what was changed is shown from then on at every commit${hidden ? ', also where the server does not report it' : ''}`, async (t) => {
      const w = await world(t, { mails: mails(60) });
      await w.expectTrue();
      w.server.trouble.hideOwnChanges(hidden);
      const [one = '', two = '', three = ''] = idsOf(w);
      const [inbox, archive] = [w.server.mailboxId('inbox'), w.server.mailboxId('archive')];
      const views = watchViews(w);
      w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
      w.submit({ type: 'mailboxes', emails: [two], patch: { [archive]: true, [inbox]: null } });
      w.submit({ type: 'destroy', emails: [three] });
      const afterSubmits = 2;
      await w.sync();
      await w.server.deliver([{}]);
      await w.sync();
      const after = views.slice(afterSubmits);
      assert.ok(after.length > 5);
      assert.deepEqual(keywordsSeen(after, one), ['$seen']);
      assert.deepEqual(keywordsSeen(after, three), ['gone'], 'a destroyed email never reappears');
      for (const view of after) {
        assert.deepEqual(view.emails[two]?.mailboxIds, [archive]);
        assert.equal(view.mailboxes[archive]?.totalEmails, 1);
        assert.equal(view.mailboxes[inbox]?.unreadEmails, Object.keys(view.emails).length - 59);
      }
      await w.expectTrue();
      assert.deepEqual(queue(w), []);
      assert.deepEqual(rowFaults(w), []);
    });

  it('a mailbox made here, and the mail in it, is shown once at every commit', async (t) => {
    const w = await resting(await world(t, { mails: 30 }));
    const all = idsOf(w);
    const inbox = w.server.mailboxId('inbox');
    w.submit({ type: 'mailbox', op: 'create', name: 'Work' });
    w.submit({ type: 'mailboxes', emails: all, patch: { [w.localMailbox('Work')]: true, [inbox]: null } });
    const views = watchViews(w);
    await w.expectTrue();
    assert.ok(views.length > 5);
    for (const { mailboxes, emails } of views) {
      const made = Object.entries(mailboxes).filter(([, { name }]) => name === 'Work');
      assert.deepEqual(
        made.map(([, { totalEmails, unreadEmails }]) => [totalEmails, unreadEmails]),
        [[30, 30]],
      );
      for (const id of all) assert.deepEqual(emails[id]?.mailboxIds, [made[0]?.[0]]);
    }
  });

  it('a mailbox deleted here, and the mail in it, never reappears', async (t) => {
    const w = await world(t, { mails: 3 });
    const [top, inbox] = [await w.server.createMailbox('Top'), w.server.mailboxId('inbox')];
    const below = await w.server.createMailbox('Below', top);
    const [gone = '', kept = ''] = await w.server.deliver([{ mailboxIds: [below] }, { mailboxIds: [top, inbox] }]);
    await resting(w);
    w.submit({ type: 'mailbox', op: 'delete', mailbox: top, onDestroyRemoveEmails: true });
    const views = watchViews(w);
    await w.expectTrue();
    assert.ok(views.length > 2);
    for (const { mailboxes, emails } of views) {
      assert.deepEqual([mailboxes[top], mailboxes[below], emails[gone]], [undefined, undefined, undefined]);
      assert.deepEqual([emails[kept]?.mailboxIds, mailboxes[inbox]?.totalEmails], [[inbox], 4]);
    }
  });

  it('a read that was under way when the answer came does not bring the old value back', async (t) => {
    const w = await world(t, { mails: 1 });
    await w.expectTrue();
    const [one = ''] = idsOf(w);
    const views = watchViews(w);
    // The pull of the cycle after the set answers as if the set had not been: it was asked from a mirror that lags.
    let lagging = true;
    tap(w, ({ name, answer }) => {
      if (name !== 'Email/get' || !lagging || !Array.isArray(answer['list'])) return;
      for (const email of answer['list'] as { id: string; keywords?: Record<string, true> }[])
        if (email.id === one && email.keywords) lagging = email.keywords['$seen'] === undefined;
    });
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    await w.expectTrue();
    assert.deepEqual(keywordsSeen(views, one), ['$seen']);
  });

  it('an acknowledged change stays shown, unlisted and uncounted, until the next pull has committed its last page', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    const stages: string[] = [];
    const stageNow = (): string =>
      w.store.read((db) => db.get<{ stage: string }>('SELECT stage FROM pending_emails')?.stage ?? 'none');
    w.hooks.onCommit = () => {
      if (stages.at(-1) !== stageNow()) stages.push(stageNow());
      if (stageNow() === 'acknowledged') assert.deepEqual(queue(w), []);
    };
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    await w.server.deliver([{}]);
    tap(w, ({ name }) => {
      if (name === 'Email/changes') stages.push(`changes at ${stageNow()}`);
    });
    await w.sync();
    assert.deepEqual(stages.slice(-4), ['acknowledged', 'changes at acknowledged', 'acknowledged', 'done']);
    assert.deepEqual(
      w.store.read((db) => db.all('SELECT * FROM email_base')),
      [],
      'nothing is left of it',
    );
  });
});

describe('P3: the server wins, field by field', () => {
  it('a pull that brings another client\u2019s change keeps what is pending on top of it', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    const [inbox, archive, junk] = ['inbox', 'archive', 'junk'].map((role) => w.server.mailboxId(role));
    assert.ok(inbox && archive && junk);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true, work: null } });
    w.submit({ type: 'mailboxes', emails: [one], patch: { [archive]: true } });
    await w.server.setKeywords([one], { $flagged: true, work: true });
    await w.server.setMailboxes([one], { [junk]: true, [inbox]: null });
    // The change cannot be sent, the pull gets through.
    w.server.trouble.refuseItems(() => ({ type: 'rateLimit' }));
    await w.sync();
    assert.deepEqual(seen(w, one), { keywords: ['$flagged', '$seen'], mailboxIds: [archive, junk].toSorted() });
    w.server.trouble.refuseItems(null);
    await w.clock.advance(5_000);
    await w.expectTrue();
    assert.deepEqual(await onServer(w, one), {
      keywords: ['$flagged', '$seen'],
      mailboxIds: [archive, junk].toSorted(),
    });
  });

  it('what another client did to the same field after ours is what counts once the queue is empty', async (t) => {
    const w = await world(t, { mails: 1 });
    await w.expectTrue();
    const [one = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    tap(w, async ({ name }) => {
      if (name === 'Email/set') await w.server.setKeywords([one], { $seen: null });
    });
    await w.expectTrue();
    assert.deepEqual(seen(w, one)?.keywords, []);
  });

  it('an email that another client destroyed goes, and a change of it fails visibly', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const [one = '', two = ''] = idsOf(w);
    const local = localEmail(w, one);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } }, { type: 'destroy', emails: [two] });
    await w.server.destroy([one, two]);
    await w.expectTrue();
    assert.deepEqual(queue(w), ['keywords failed 0 notFound']);
    assert.match(w.changes()[0]?.error?.message ?? '', /deleted elsewhere|no longer on the server/);
    assert.deepEqual([w.changes()[0]?.emails, idsOf(w)], [[local], []]);
  });

  it('a refused change falls back to what the server has by now', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    await w.server.setKeywords([one], { $flagged: true });
    w.server.trouble.refuseItems(() => ({ type: 'forbidden' }));
    await w.expectTrue();
    assert.deepEqual(seen(w, one)?.keywords, ['$flagged']);
  });

  it('a mailbox renamed here keeps its name until the server refuses it', async (t) => {
    const w = await world(t);
    const box = await w.server.createMailbox('Old');
    await resting(w);
    w.submit({ type: 'mailbox', op: 'rename', mailbox: box, name: 'Mine' });
    await w.server.renameMailbox(box, 'Theirs');
    const nameNow = (): string | undefined => w.view().mailboxes[box]?.name;
    w.server.trouble.refuseItems(() => ({ type: 'rateLimit' }));
    await w.sync();
    assert.equal(nameNow(), 'Mine');
    w.server.trouble.refuseItems(() => ({ type: 'forbidden' }));
    await w.clock.advance(5_000);
    await w.expectTrue();
    assert.equal(nameNow(), 'Theirs');
  });
});

describe('P3: when the queue is empty', () => {
  const drained = async (w: World): Promise<void> => {
    await w.expectTrue();
    assert.deepEqual(queue(w), []);
    const left = w.store.read((db) => [
      ...db.all('SELECT * FROM email_base'),
      ...db.all('SELECT * FROM mailbox_base'),
      ...db.all('SELECT id FROM emails WHERE pending > 0 OR is_hidden = 1'),
      ...db.all('SELECT id FROM mailboxes WHERE pending_total <> 0 OR pending_unread <> 0'),
    ]);
    assert.deepEqual(left, []);
  };

  it('local equals server, and nothing is left beside the rows', async (t) => {
    const w = await resting(await world(t, { mails: 5 }));
    const [one = '', two = '', three = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one, two], patch: { $seen: true } });
    w.submit({ type: 'delete', emails: [two] });
    w.submit({ type: 'destroy', emails: [three] });
    w.submit({ type: 'mailbox', op: 'create', name: 'New' });
    w.submit({ type: 'mailboxes', emails: [one], patch: { [w.localMailbox('New')]: true } });
    await drained(w);
    w.submit({ type: 'mailbox', op: 'delete', mailbox: w.server.mailboxId('New'), onDestroyRemoveEmails: true });
    await drained(w);
  });

  it('also where the server reports none of it, with a restart in between', async (t) => {
    const w = await resting(await world(t, { mails: 3 }));
    w.server.trouble.hideOwnChanges(true);
    const [one = '', two = ''] = idsOf(w);
    w.submit({ type: 'move', emails: [one], role: 'archive' }, { type: 'destroy', emails: [two] });
    await w.sync();
    await w.restart();
    await drained(w);
    assert.equal(seen(w, two), undefined);
  });
});
