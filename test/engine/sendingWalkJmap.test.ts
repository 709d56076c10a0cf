import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jmapSite } from '../support/sendingSites.ts';
import { jmapDrops, jmapRefusals } from '../support/sendingTroubles.ts';
import { inTurn, walk } from '../support/sendingWalk.ts';

describe('S3: a program that dies at any commit of sending, over JMAP', { concurrency: 6 }, () => {
  // Another part each day; all of them: `npm run chaos -- sending`.
  const refusals = jmapRefusals.filter(({ name }) =>
    /(forbidden|rateLimit|serverFail|notFound|emailNotFound)$/.test(name),
  );
  for (const trouble of inTurn([...jmapDrops, ...refusals]))
    it(`sends nothing twice and tells the truth: ${trouble.name}`, async (t) => {
      const { runs, ends } = await walk(() => jmapSite(), trouble);
      // Over a lost line the ticket tells, however often it is looked at.
      if (jmapDrops.includes(trouble)) assert.deepEqual(Object.keys(ends), ['done']);
      t.diagnostic(`${runs} ${JSON.stringify(ends)}`);
    });
});
