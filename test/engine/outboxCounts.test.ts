import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mails, world } from '../support/world.ts';
import { idsOf, queue, rowFaults } from '../support/worldQueue.ts';
import { tap } from '../support/worldTap.ts';

describe('P3: counters, before the first fill is done', () => {
  for (const hidden of [false, true])
    it(`do not flicker when the server accepts a change${hidden ? ' and does not report it' : ''}`, async (t) => {
      const w = await world(t, { mails: mails(300), limits: { maxObjectsInGet: 20 } });
      w.server.trouble.hideOwnChanges(hidden);
      const [inbox, archive] = [w.server.mailboxId('inbox'), w.server.mailboxId('archive')];
      const seenCounts: string[] = [];
      let submitted = false;
      let filled = false;
      w.hooks.onCommit = ({ held }) => {
        const { mailboxes } = w.view();
        const counts = [inbox, archive].map((id) => [mailboxes[id]?.totalEmails, mailboxes[id]?.unreadEmails].join());
        if (submitted && seenCounts.at(-1) !== counts.join(' ')) seenCounts.push(counts.join(' '));
        filled ||= w.store.read((db) => db.get('SELECT 1 FROM mailboxes WHERE is_filled = 1')) !== undefined;
        if (held < 100 || submitted) return;
        submitted = true;
        const [one = '', two = ''] = idsOf(w);
        w.submit(
          { type: 'keywords', emails: [one], patch: { $seen: true } },
          { type: 'move', emails: [one, two], role: 'archive' },
        );
      };
      let gets = 0;
      let sentBeforeFilled = false;
      tap(w, async ({ name }) => {
        if (name === 'Email/set') sentBeforeFilled = !filled;
        gets += name === 'Email/get' ? 1 : 0;
        if (gets === 10) await w.clock.advance(2_000);
      });
      await w.sync();
      tap(w, () => undefined);
      await w.expectTrue();
      assert.ok(sentBeforeFilled, 'the change was sent during the fill');
      assert.deepEqual(seenCounts, ['298,298 2,1']);
      assert.deepEqual([queue(w), rowFaults(w)], [[], []]);
    });
});
