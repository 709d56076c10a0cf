import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Failure } from '../servers/imap/faults.ts';
import { type ImapWorld, restingWorld } from '../support/worldImap.ts';
import { idsOf, theChange } from '../support/worldQueue.ts';

/** The UIDs that a line of UID STORE names. */
const uidsOf = (line: string): number[] => {
  const [, set = ''] = / STORE (\S+)/.exec(line) ?? [];
  return set.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split(':').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
};

/** Every UID STORE that names the message fails like this; answers the UIDs of each that came. */
const poison = (w: ImapWorld, bad: number, failure: Failure): number[][] => {
  const stores: number[][] = [];
  const named = ({ verb, line }: { verb: string; line: string }): boolean => {
    if (verb !== 'UID STORE') return false;
    stores.push(uidsOf(line));
    return uidsOf(line).includes(bad);
  };
  w.server.trouble.fail(named, failure, 1000);
  return stores;
};

const unseen = async (w: ImapWorld): Promise<number> =>
  Object.values((await w.server.truth()).emails).filter(({ keywords }) => !keywords.includes('$seen')).length;

const failures: Failure[] = [{ kind: 'drop' }, { kind: 'no', code: 'SERVERBUG' }, { kind: 'no' }];

describe('P4: a message at which an IMAP server fails', () => {
  for (const failure of failures) {
    const name = 'code' in failure ? `${failure.kind} ${failure.code}` : failure.kind;

    it(`takes no other along, of its change or of another (${name})`, async (t) => {
      const w = await restingWorld(t, { mails: 40 });
      const [one = '', ...others] = idsOf(w);
      const stores = poison(w, 7, failure);
      w.submit({ type: 'keywords', emails: [one, ...others.slice(0, 19)], patch: { $seen: true } });
      for (const id of others.slice(19)) w.submit({ type: 'keywords', emails: [id], patch: { $seen: true } });
      await w.sync();
      assert.equal(await unseen(w), 1);
      assert.deepEqual([theChange(w).state, theChange(w).attempts], ['queued', 1]);
      for (const pause of [5_000, 30_000, 120_000, 600_000]) {
        for (let left = pause; left > 0; left -= 29_000) await w.clock.advance(Math.min(left, 29_000));
        await w.sync();
      }
      assert.equal(stores.filter((uids) => uids.join() === '7').length, 5);
      assert.deepEqual([theChange(w).state, theChange(w).emails.length], ['failed', 1]);
      await w.expectTrue();
    });
  }

  it('is not looked for where the server says that it is asked too much', async (t) => {
    const w = await restingWorld(t, { mails: 40 });
    const stores = poison(w, 7, { kind: 'no', code: 'LIMIT' });
    w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    await w.sync();
    assert.deepEqual([stores.length, theChange(w).attempts], [1, 1]);
  });
});
