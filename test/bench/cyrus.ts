import { bodyProperties } from '../../src-main/driver/jmap/body.ts';
import { emailProperties } from '../../src-main/driver/jmap/convert.ts';
import { type Cycle } from '../../src-shared/contractRows.ts';
import { type RawJmap, rawJmap } from '../servers/cyrus/rawJmap.ts';
import { cyrusAvailable, startCyrus } from '../servers/cyrus.ts';
import { startHost } from '../support/host.ts';
import { percentile, report, timed } from './figure.ts';
import { firstSync } from './firstSync.ts';

const MESSAGES = 20_000;
const PAGE = 500;
const ROUNDS = 3;

/** Figures on a real Cyrus with 20,000 messages; null where it cannot run. */
export const cyrusFigures = async (): Promise<boolean | null> => {
  const missing = cyrusAvailable();
  if (missing !== null) {
    console.error(`SKIPPED the Cyrus figures: ${missing}`);
    return null;
  }
  const server = await startCyrus();
  try {
    await server.fill(MESSAGES);
    const jmap = rawJmap(server);
    const bare: number[] = [];
    const tern: number[] = [];
    const newest: number[] = [];
    let idle: Cycle | undefined;
    // In turn, so that a slow moment of the machine hits both.
    for (let round = 0; round < ROUNDS; round++) {
      bare.push((await timed(() => serialLoop(jmap))).ms);
      const host = startHost();
      const measured = await firstSync(host, server, MESSAGES);
      tern.push(measured.ms);
      newest.push(measured.newest);
      idle = measured.idle;
      await host.end();
    }
    const median = (samples: number[]): number => percentile(samples, 50);
    return [
      report({
        name: 'cyrus.firstSync.speedup',
        value: median(bare) / median(tern),
        unit: 'times the bare serial loop',
        limit: 1,
        atLeast: true,
        detail: { messages: MESSAGES, bareMs: bare.map(Math.round), ternMs: tern.map(Math.round) },
      }),
      report({ name: 'cyrus.newest50', value: median(newest), unit: 'ms after connecting', limit: 1000 }),
      report({ name: 'cyrus.idleCycle', value: idle?.roundTrips ?? 99, unit: 'HTTP requests', limit: 1 }),
    ].every(Boolean);
  } finally {
    await server.stop();
  }
};

/** The peer to beat: the same properties in pages of 500, one after the other, nothing stored. */
const serialLoop = async (jmap: RawJmap): Promise<number> => {
  let anchor: string | undefined;
  for (let fetched = 0; ; ) {
    const place = anchor === undefined ? {} : { anchor, anchorOffset: 1 };
    const { ids } = await jmap.ask<{ ids: string[] }>('Email/query', {
      sort: [{ property: 'receivedAt', isAscending: false }],
      limit: PAGE,
      ...place,
    });
    if (ids.length === 0) return fetched;
    const { list } = await jmap.ask<{ list: unknown[] }>('Email/get', {
      ids,
      properties: emailProperties,
      bodyProperties,
    });
    fetched += list.length;
    anchor = ids.at(-1);
  }
};
