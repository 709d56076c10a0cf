import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { submitChanges } from '../../src-main/engine/outbox.ts';
import { threadEmails } from '../../src-main/store/threads.ts';
import type { Change } from '../../src-shared/change.ts';
import { mails, type World, world } from '../support/world.ts';
import { idsOf, localEmail, queue, refusal, resting, rowFaults, seen } from '../support/worldQueue.ts';

describe('P1: a change is recorded', () => {
  it('with its effect in one transaction on disk, before the caller is answered', async (t) => {
    const w = await resting(await world(t, { mails: 3 }));
    const [one = '', two = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one, two], patch: { $seen: true } }, { type: 'destroy', emails: [one] });
    assert.deepEqual(
      w.commits.map(({ durable, updated, destroyed }) => [durable, updated, destroyed]),
      [[true, 1, 1]],
    );
    assert.deepEqual([queue(w), seen(w, two)?.keywords], [['keywords queued 0', 'destroy queued 0'], ['$seen']]);
  });

  it('whole or not at all: a program that dies at the commit leaves neither row nor effect', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    w.crashAt(1);
    assert.throws(() => w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } }), /killed by the test/);
    await w.restart();
    assert.deepEqual([queue(w), seen(w, one)?.keywords], [[], []]);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    await w.restart();
    assert.deepEqual([queue(w), seen(w, one)?.keywords], [['keywords queued 0'], ['$seen']]);
  });

  it('and is announced by its commit, not before', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    const inbox = w.server.mailboxId('inbox');
    const heard: [string[], number, boolean][] = [];
    w.store.onCommit((changed) =>
      heard.push([seen(w, one)?.keywords ?? [], changed.emails.size, changed.pendingChanged]),
    );
    const wrong: Change = { type: 'mailboxes', emails: [one], patch: { [inbox]: null } };
    assert.throws(() => w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } }, wrong));
    assert.deepEqual(heard, []);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    assert.deepEqual(heard, [[['$seen'], 1, true]]);
  });

  it('one row however many emails, each once', async (t) => {
    const w = await resting(await world(t, { mails: 3 }));
    const all = idsOf(w);
    const [id = ''] = w.submit({ type: 'keywords', emails: [...all, ...all], patch: { $flagged: true } });
    assert.deepEqual(w.changes(), [
      {
        id,
        account: 'world',
        type: 'keywords',
        emails: all.map((email) => localEmail(w, email)).toSorted(),
        state: 'queued',
        attempts: 0,
        createdAt: new Date(w.clock.now()).toISOString(),
        patch: { $flagged: true },
      },
    ]);
  });
});

describe('P1: a call is refused whole, its field named, and nothing of it recorded', () => {
  const refuses = async (w: World, bad: Change): Promise<[string, string | undefined]> => {
    const [one = ''] = idsOf(w);
    const good: Change = { type: 'keywords', emails: [one], patch: { $flagged: true } };
    const before = [w.view(), w.changes()];
    const why = refusal(() => w.submit(good, bad));
    assert.deepEqual([w.view(), w.changes()], before);
    assert.deepEqual(w.commits, []);
    return why;
  };

  it('for an email that nobody knows, or that was destroyed here', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const [one = '', two = ''] = idsOf(w);
    const patch = { $seen: true } as const;
    for (const id of ['nobody', '0', '-1', '1e3', '999999'])
      assert.deepEqual(await refuses(w, { type: 'keywords', emails: [one, id], patch }), [
        'notFound',
        'changes.1.emails.1',
      ]);
    const twice: Change = { type: 'keywords', emails: [one, one, 'nobody'], patch };
    assert.deepEqual(await refuses(w, twice), ['notFound', 'changes.1.emails.2']);
    w.submit({ type: 'destroy', emails: [two] });
    w.forget();
    assert.deepEqual(await refuses(w, { type: 'destroy', emails: [two] }), ['notFound', 'changes.1.emails.0']);
  });

  it('for a mailbox or a role that the account does not have', async (t) => {
    const mailboxes = [{ name: 'Inbox', role: 'inbox' }, { name: 'Other' }];
    const w = await resting(await world(t, { mails: 1, mailboxes }));
    const [one = ''] = idsOf(w);
    const bad: [Change, string][] = [
      [{ type: 'mailboxes', emails: [one], patch: { none: true } }, 'changes.1.patch.none'],
      [{ type: 'move', emails: [one], role: 'archive' }, 'changes.1.role'],
      [{ type: 'delete', emails: [one] }, 'changes.1.role'],
      [{ type: 'mailbox', op: 'create', name: 'a', parent: 'none' }, 'changes.1.parent'],
      [{ type: 'mailbox', op: 'rename', mailbox: 'none', name: 'a' }, 'changes.1.mailbox'],
      [{ type: 'mailbox', op: 'rename', mailbox: w.server.mailboxId('Other'), parent: 'none' }, 'changes.1.parent'],
      [{ type: 'mailbox', op: 'delete', mailbox: 'none' }, 'changes.1.mailbox'],
    ];
    for (const [change, field] of bad) assert.deepEqual(await refuses(w, change), ['notFound', field]);
  });

  it('as invalid where an email would be left in no mailbox', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    const patch = { [w.server.mailboxId('inbox')]: null };
    assert.deepEqual(await refuses(w, { type: 'mailboxes', emails: [one], patch }), ['invalid', 'changes.1.patch']);
  });

  it('for mailboxes that cannot be: a name taken, a place within itself, mail in it, a right that is missing', async (t) => {
    const w = await world(t, { mails: 1 });
    const parent = await w.server.createMailbox('Parent');
    const child = await w.server.createMailbox('Child', parent);
    const fixed = await w.server.createMailbox('Fixed');
    const none = { mayRename: false, mayDelete: false, mayCreateChild: false };
    await w.server.override(fixed, { myRights: none });
    const full = await w.server.createMailbox('Full');
    await w.server.deliver([{ mailboxIds: [full] }]);
    await resting(w);
    const cases: [Change, string, string][] = [
      [{ type: 'mailbox', op: 'create', name: 'Parent' }, 'conflict', 'name'],
      [{ type: 'mailbox', op: 'rename', mailbox: fixed, name: 'Parent' }, 'forbidden', 'mailbox'],
      [{ type: 'mailbox', op: 'rename', mailbox: child, name: 'Parent', parent: null }, 'conflict', 'name'],
      [{ type: 'mailbox', op: 'rename', mailbox: parent, parent: child }, 'invalid', 'parent'],
      [{ type: 'mailbox', op: 'rename', mailbox: parent, parent }, 'invalid', 'parent'],
      [{ type: 'mailbox', op: 'delete', mailbox: parent }, 'conflict', 'mailbox'],
      [{ type: 'mailbox', op: 'delete', mailbox: fixed }, 'forbidden', 'mailbox'],
      [{ type: 'mailbox', op: 'create', name: 'a', parent: fixed }, 'forbidden', 'parent'],
    ];
    cases.push([{ type: 'mailbox', op: 'delete', mailbox: full }, 'conflict', 'mailbox']);
    for (const [change, kind, place] of cases)
      assert.deepEqual(
        [JSON.stringify(change), ...(await refuses(w, change))],
        [JSON.stringify(change), kind, `changes.1.${place}`],
      );
  });
});

describe('P1: at every commit', () => {
  it('counters and threads are right, and equal the server in the end', async (t) => {
    const w = await world(t, { mails: mails(6, (n) => ({ keywords: n % 2 ? ['$seen'] : [] })) });
    await resting(w);
    const faults: unknown[] = [];
    w.hooks.onCommit = () => faults.push(...rowFaults(w));
    const [a = '', b = '', c = '', d = '', e = ''] = idsOf(w);
    const [inbox, archive] = [w.server.mailboxId('inbox'), w.server.mailboxId('archive')];
    const changes: Change[] = [
      { type: 'keywords', emails: [a, b], patch: { $seen: true } },
      { type: 'keywords', emails: [a], patch: { $seen: null } },
      { type: 'keywords', emails: [c], patch: { $draft: true } },
      { type: 'mailboxes', emails: [b, c, d], patch: { [archive]: true } },
      { type: 'mailboxes', emails: [c], patch: { [inbox]: null } },
      { type: 'destroy', emails: [e] },
    ];
    for (const change of changes) {
      w.submit(change);
      // What is shown is what the mailbox then holds, so the counters follow from the emails shown.
      const { mailboxes, emails } = w.view();
      for (const [id, { totalEmails, unreadEmails }] of Object.entries(mailboxes)) {
        const within = Object.values(emails).filter(({ mailboxIds }) => mailboxIds.includes(id));
        const unread = within.filter(({ keywords }) => !keywords.includes('$seen') && !keywords.includes('$draft'));
        assert.deepEqual([totalEmails, unreadEmails], [within.length, unread.length]);
      }
    }
    await w.expectTrue();
    assert.deepEqual(faults, []);
  });

  it('before the first fill is done, counters are the server\u2019s and what is pending', async (t) => {
    const w = await world(t, { mails: mails(200), limits: { maxObjectsInGet: 50 } });
    const [inbox, archive] = [w.server.mailboxId('inbox'), w.server.mailboxId('archive')];
    const counts = (): unknown =>
      [inbox, archive].map((id) => {
        const { totalEmails, unreadEmails } = w.view().mailboxes[id] ?? {};
        return [totalEmails, unreadEmails];
      });
    const halfway: unknown[] = [];
    w.hooks.onCommit = ({ held }) => {
      if (halfway.length > 0 || held < 60) return;
      const [one = '', two = '', three = ''] = idsOf(w);
      halfway.push(counts());
      w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
      halfway.push(counts());
      w.submit({ type: 'mailboxes', emails: [one, two], patch: { [archive]: true, [inbox]: null } });
      halfway.push(counts());
      const [gone = ''] = w.submit({ type: 'destroy', emails: [three] });
      halfway.push(counts());
      w.discard(gone);
      halfway.push(counts());
    };
    await w.sync();
    assert.deepEqual(halfway, [
      [
        [200, 200],
        [0, 0],
      ],
      [
        [200, 199],
        [0, 0],
      ],
      [
        [198, 198],
        [2, 1],
      ],
      [
        [197, 197],
        [2, 1],
      ],
      [
        [198, 198],
        [2, 1],
      ],
    ]);
    await w.expectTrue();
  });

  it('a conversation shows the email where it is now', async (t) => {
    const w = await world(t, {
      mails: [
        { subject: 'plan', messageId: 'a@example.org' },
        { subject: 'Re: plan', messageId: 'b@example.org', inReplyTo: 'a@example.org' },
      ],
    });
    await resting(w);
    const [one = ''] = idsOf(w);
    const thread = w.store.read(
      (db) => db.get<{ id: number }>('SELECT thread_id AS id FROM emails WHERE id = ?', Number(localEmail(w, one)))?.id,
    );
    assert.ok(thread);
    const announced = new Set<number>();
    w.store.onCommit(({ threads }) => threads.forEach((id) => announced.add(id)));
    assert.equal(w.store.read((db) => threadEmails(db, thread)).length, 2);
    w.submit({ type: 'destroy', emails: [one] });
    assert.equal(w.store.read((db) => threadEmails(db, thread)).length, 1);
    assert.deepEqual([...announced], [thread]);
  });

  it('the answer names each change and each created mailbox, in the order of the call', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const answer = submitChanges(w.store, w.clock, [
      { type: 'mailbox', op: 'create', name: 'One' },
      { type: 'keywords', emails: ['1'], patch: { $seen: true } },
      { type: 'mailbox', op: 'create', name: 'Two' },
    ]);
    assert.deepEqual(answer.mailboxes, { 0: w.localMailbox('One'), 2: w.localMailbox('Two') });
    assert.deepEqual(
      answer.ids,
      w.changes().map(({ id }) => id),
    );
  });
});
