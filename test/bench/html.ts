import { sanitiseHtml } from '../../src-main/html/sanitise.ts';
import { percentile, report } from './figure.ts';
import { newsletter } from './newsletter.ts';

const SIZE = 200_000;
const WARM = 30;
const ROUNDS = 100;

/** How long a newsletter of 200 kB takes to be made safe, in a process that has done it before. */
export const htmlFigures = async (): Promise<boolean> => {
  const times: number[] = [];
  const parts = new Map<string, string>();
  for (let round = 0; round < WARM + ROUNDS; round++) {
    // Each round another text: nobody opens the same email a hundred times.
    const html = newsletter(SIZE).replaceAll('number', `number ${round}`);
    const before = performance.now();
    sanitiseHtml(html, { view: 'bench', parts, remote: 'blocked' });
    if (round >= WARM) times.push(performance.now() - before);
  }
  return report({
    name: 'html.sanitise.newsletter.p95',
    value: percentile(times, 95),
    unit: 'ms',
    limit: 30,
    detail: { median: Number(percentile(times, 50).toPrecision(3)), characters: SIZE, rounds: ROUNDS },
  });
};
