import { describe, it } from 'node:test';
import { smtpSite } from '../support/sendingSites.ts';
import { smtpDrops, smtpRefusals } from '../support/sendingTroubles.ts';
import { inTurn, walk } from '../support/sendingWalk.ts';

describe('S3: a program that dies at any commit of sending, over SMTP', { concurrency: 6 }, () => {
  // Another part each day; all of them: `npm run chaos -- sending`.
  const refusals = smtpRefusals.filter(({ name }) => /at (RCPT|dot)$/.test(name));
  for (const trouble of inTurn([...smtpDrops, ...refusals]))
    it(`sends nothing twice and tells the truth: ${trouble.name}`, async (t) => {
      const { runs, ends } = await walk(() => smtpSite(), trouble);
      t.diagnostic(`${runs} ${JSON.stringify(ends)}`);
    });
});
