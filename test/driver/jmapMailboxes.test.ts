import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mails, world } from '../support/world.ts';
import { tap, texts } from '../support/worldTap.ts';

describe('J3: changes of mailboxes', () => {
  it('created, renamed, moved and deleted ones come with one request', async (t) => {
    const w = await world(t, { mails: 10 });
    const old = await w.server.createMailbox('old');
    await w.server.deliver([{ mailboxIds: [old] }]);
    await w.expectTrue();
    w.forget();
    await w.server.deleteMailbox(old);
    const made = await w.server.createMailbox('made');
    await w.server.createMailbox('below', made);
    await w.server.deliver([{ mailboxIds: [made] }]);
    await w.expectTrue();
    assert.equal(w.server.countRequests(), 1);
    await w.server.renameMailbox(made, 'renamed');
    await w.server.moveMailbox(made, w.server.mailboxId('archive'));
    await w.expectTrue();
    assert.equal(w.server.countRequests(), 2);
  });

  it('that are of counters alone are read cheaply', async (t) => {
    const w = await world(t, { mails: 200, limits: { maxObjectsInGet: 20 } });
    const properties: string[][] = [];
    // During the fill the counters are the server's: they move with it.
    const inbox = w.server.mailboxId('inbox');
    let changes = 0;
    tap(w, async ({ name, asked }) => {
      if (name === 'Mailbox/get' && asked['properties'] != null) properties.push(texts(asked['properties']));
      if (name === 'Mailbox/changes') changes += 1;
      if (name !== 'Email/get' || changes > 0) return;
      await w.server.deliver([{}]);
      await w.clock.advance(16_000);
    });
    const totals = new Set<number>();
    w.hooks.onCommit = ({ held }) => {
      const total = w.view().mailboxes[inbox]?.totalEmails;
      if (total !== undefined && held > 0 && held < 200) totals.add(total);
    };
    await w.expectTrue();
    assert.ok(Math.max(...totals) > 200, 'a counter that moved shows before the fill is done');
    w.server.trouble.beforeReply(null);
    await w.expectTrue();
  });

  it('some of which touch more than counters are read whole', async (t) => {
    const w = await world(t, { mails: 10 });
    await w.expectTrue();
    // A server whose updatedProperties name what else changed, and whose get then gives no more than that.
    tap(w, ({ name, asked, answer }) => {
      if (name === 'Mailbox/changes' && answer['updatedProperties'] === null) answer['updatedProperties'] = ['name'];
      if (name !== 'Mailbox/get' || asked['#properties'] === undefined) return;
      answer['list'] = (answer['list'] as { id: string; name: string }[]).map((box) => ({
        id: box.id,
        name: box.name,
      }));
    });
    await w.server.renameMailbox(w.server.mailboxId('archive'), 'Attic');
    await w.server.deliver([{ mailboxIds: [w.server.mailboxId('trash')] }]);
    await w.expectTrue();
  });

  it('of counters of a mailbox that is not held bring the mailbox', async (t) => {
    const w = await world(t, { mails: 10 });
    await w.expectTrue();
    const made = await w.server.createMailbox('made');
    await w.server.deliver([{ mailboxIds: [made] }]);
    // A server that says of a new mailbox only that its counters moved.
    tap(w, ({ name, asked, answer }) => {
      if (name === 'Mailbox/changes') {
        const all = [...texts(answer['created']), ...texts(answer['updated'])];
        Object.assign(answer, { created: [], updated: all, updatedProperties: ['totalEmails', 'unreadEmails'] });
      }
      if (name !== 'Mailbox/get' || Array.isArray(asked['ids'])) return;
      const created = JSON.stringify(asked['#ids']).includes('created');
      const counters = { id: made, totalEmails: 1, unreadEmails: 1 };
      answer['list'] = created ? [] : [counters];
    });
    await w.expectTrue();
  });

  it('a page that ends between a new name and moved counters does not lose the name', async (t) => {
    const w = await world(t, { mails: 10 });
    await w.expectTrue();
    w.server.trouble.maxChanges(1);
    // Listed at its last change alone, and there as if nothing but counters had changed.
    await w.server.renameMailbox(w.server.mailboxId('trash'), 'Bin');
    await w.server.setMailboxes(['M00000001'], {
      [w.server.mailboxId('trash')]: true,
      [w.server.mailboxId('inbox')]: null,
    });
    await w.expectTrue();
  });

  it('a page that ends between a new mailbox and its first mail does not lose the mailbox', async (t) => {
    const w = await world(t, { mails: 10 });
    await w.expectTrue();
    w.server.trouble.maxChanges(1);
    w.server.trouble.lateChanges(true);
    const made = await w.server.createMailbox('made');
    await w.server.setKeywords(['M00000001'], { $seen: true });
    await w.server.deliver([{ mailboxIds: [made] }]);
    await w.expectTrue();
  });

  it('a crash between two pages loses nothing either', async (t) => {
    const w = await world(t, { mails: 10 });
    await w.expectTrue();
    w.server.trouble.maxChanges(1);
    await w.server.renameMailbox(w.server.mailboxId('trash'), 'Bin');
    await w.server.setMailboxes(['M00000001'], {
      [w.server.mailboxId('trash')]: true,
      [w.server.mailboxId('inbox')]: null,
    });
    for (let commit = 1; commit < 10; commit++) {
      w.crashAt(2);
      await w.sync();
      if (!w.crashed()) break;
      await w.restart();
    }
    await w.restart();
    await w.expectTrue();
  });

  it('more of them than the server gives at once', async (t) => {
    const w = await world(t, { mails: 10, limits: { maxObjectsInGet: 3 } });
    await w.expectTrue();
    const made: string[] = [];
    for (let n = 1; n <= 7; n++) made.push(await w.server.createMailbox(`new ${n}`));
    await w.expectTrue();
    for (const id of made) await w.server.renameMailbox(id, `renamed ${id}`);
    await w.expectTrue();
    const [id = ''] = await w.server.deliver([{ mailboxIds: made }]);
    await w.expectTrue();
    await w.server.destroy([id]);
    await w.expectTrue();
    assert.ok(w.cycles().every(({ result }) => result === 'ok'));
  });

  it('more mailboxes than the server gives at once, from the start', async (t) => {
    const w = await world(t, { mails: 10, limits: { maxObjectsInGet: 3 }, strictMailboxGet: true });
    for (let n = 1; n <= 7; n++) await w.server.createMailbox(`new ${n}`);
    await w.expectTrue();
    w.server.trouble.cannotCalculateChanges('Mailbox');
    await w.server.deleteMailbox(w.server.mailboxId('new 3'));
    await w.expectTrue();
  });

  for (const maxCallsInRequest of [6, 5, 4, 3, 2, 1])
    it(`with ${maxCallsInRequest} calls in a request`, async (t) => {
      const w = await world(t, { mails: 30, limits: { maxCallsInRequest } });
      await w.expectTrue();
      const id = await w.server.createMailbox('later');
      await w.server.deliver(mails(3, () => ({ mailboxIds: [id] })));
      await w.server.renameMailbox(w.server.mailboxId('archive'), 'Attic');
      await w.server.setKeywords(['M00000001'], { $seen: true });
      await w.expectTrue();
      assert.ok(w.cycles().every(({ result }) => result === 'ok'));
    });
});
