import { jmapSite, type SendingSite, smtpSite } from '../support/sendingSites.ts';
import { jmapDrops, jmapRefusals, smtpDrops, smtpRefusals, type Trouble } from '../support/sendingTroubles.ts';
import { walk } from '../support/sendingWalk.ts';

/** Walks all deaths with all these troubles; answers how many went wrong. */
const walkAll = async <S>(
  name: string,
  start: () => Promise<SendingSite<S>>,
  troubles: readonly Trouble<S>[],
): Promise<number> => {
  const ends: Record<string, number> = {};
  let [runs, wrong] = [0, 0];
  for (const trouble of troubles)
    try {
      const walked = await walk(start, trouble);
      runs += walked.runs;
      for (const [end, n] of Object.entries(walked.ends)) ends[end] = (ends[end] ?? 0) + n;
    } catch (error) {
      wrong += 1;
      console.log(`WRONG ${name}, ${trouble.name}: ${String(error)}`);
    }
  console.log(`${name}: ${troubles.length} troubles, ${runs} messages ${JSON.stringify(ends)}, ${wrong} wrong`);
  return wrong;
};

/** Sends a message over real drivers with every trouble, the program dying at every commit; answers how many went wrong. */
export const walkSending = async (): Promise<number> =>
  (await walkAll('SMTP', () => smtpSite(), [...smtpDrops, ...smtpRefusals])) +
  (await walkAll('JMAP', () => jmapSite(), [...jmapDrops, ...jmapRefusals]));
