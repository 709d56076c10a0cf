import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Call, request } from '../servers/jmap/testClient.ts';
import { lettersTo, type Rig, servers, submits } from '../support/lostAnswers.ts';
import { ledger, once } from '../support/sendingRig.ts';

/** The calls of the last request that submitted, as another one that says the same. */
const replayed = ({ server }: Rig): Call[] => {
  const sets = server.requests.findLast(({ methods }) => methods.includes('EmailSubmission/set'))?.sets ?? [];
  return sets.map(
    ({ method, args }): Call => [method, Object.hasOwn(args, '#accountId') ? { ...args, accountId: undefined } : args],
  );
};

describe('H6: a request that arrives late, or twice', () => {
  for (const [name, set] of servers.slice(0, 3)) {
    it(`sends nothing once its ticket was withdrawn, on ${name}`, async (t) => {
      const [rig, message] = await lettersTo(t, set);
      rig.server.trouble.failNext('dropBefore', 1, { when: submits });
      await rig.submit(message);
      const late = replayed(rig);
      assert.equal(late.length, 2);
      assert.equal(await rig.fate(message), 'refused');
      await request(rig.server, ...late);
      assert.deepEqual(ledger(rig.server), []);
      assert.equal((await rig.submit(message)).result, 'accepted');
      await request(rig.server, ...late);
      assert.deepEqual(ledger(rig.server), once('one'));
    });

    it(`sends nothing a second time, on ${name}`, async (t) => {
      const [rig, message] = await lettersTo(t, set);
      assert.equal((await rig.submit(message)).result, 'accepted');
      await request(rig.server, ...replayed(rig));
      assert.deepEqual(ledger(rig.server), once('one'));
    });

    it(`is what the look finds, where it comes before that, on ${name}`, async (t) => {
      const [rig, message] = await lettersTo(t, set);
      rig.server.trouble.failNext('dropBefore', 1, { when: submits });
      await rig.submit(message);
      await request(rig.server, ...replayed(rig));
      assert.equal(await rig.fate(message), 'accepted');
      assert.deepEqual(ledger(rig.server), once('one'));
    });
  }
});
