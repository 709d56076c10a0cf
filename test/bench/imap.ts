import { type DovecotServer, dovecotAvailable, startDovecot } from '../servers/dovecot.ts';
import { mbsyncAvailable, prepareMbsync } from '../servers/mbsync.ts';
import { type Host, startHost } from '../support/host.ts';
import { percentile, report, timed } from './figure.ts';
import { type FirstSync, firstSync } from './firstSync.ts';
import { imapMemory } from './imapMemory.ts';

const MESSAGES = 20_000;
const BYTES = 9_000;
const MAILBOXES = 50;
const ROUNDS = 3;

const median = (samples: number[]): number => percentile(samples, 50);

/** Figures on a real Dovecot, beside Debian's mbsync on the same mail; null where either cannot run. */
export const imapFigures = async (): Promise<boolean | null> => {
  const missing = dovecotAvailable() ?? mbsyncAvailable();
  if (missing !== null) {
    console.error(`SKIPPED the IMAP figures: ${missing}`);
    return null;
  }
  return [...(await besideMbsync()), ...(await imapMemory())].every(Boolean);
};

const besideMbsync = async (): Promise<boolean[]> => {
  const server = await startDovecot();
  try {
    await server.fill(MESSAGES, { mailbox: 'INBOX', size: BYTES });
    for (let n = 6; n < MAILBOXES; n++) await server.createMailbox(`Box ${n}`);
    const peer: { first: number[]; again: number[] } = { first: [], again: [] };
    const tern: FirstSync[] = [];
    const idle: number[] = [];
    let flagged = 0;
    // In turn, so that a slow moment of the machine hits both; the first of them finds an index that Dovecot has made.
    await mbsyncRuns(server);
    for (let round = 0; round < ROUNDS; round++) {
      const runs = await mbsyncRuns(server);
      peer.first.push(runs.first);
      peer.again.push(runs.again);
      const host = startHost();
      const measured = await firstSync(host, server, MESSAGES);
      tern.push(measured);
      idle.push((await timed(() => host.call('sync.now', measured.account, {}))).ms);
      if (round === ROUNDS - 1) flagged = await flagEvent(host, server, measured.account);
      await host.end();
    }
    const detail = { messages: MESSAGES, mbsyncMs: peer.first.map(Math.round), ternMs: tern.map(({ ms }) => ms) };
    return [
      report({
        name: 'imap.firstSync.speed',
        value: median(peer.first) / median(tern.map(({ ms }) => ms)),
        unit: 'times the rate of mbsync, which downloads it whole',
        limit: 0.8,
        atLeast: true,
        detail,
      }),
      report({
        name: 'imap.newest50',
        value: median(tern.map(({ newest }) => newest)),
        unit: 'ms after log-in',
        limit: 500,
      }),
      report({
        name: 'imap.idleCycle.roundTrips',
        value: tern.at(-1)?.idle?.roundTrips ?? 99,
        unit: `round trips over ${MAILBOXES} mailboxes`,
        limit: 5,
      }),
      report({
        name: 'imap.idleCycle.time',
        value: median(idle) / median(peer.again),
        unit: "times mbsync's run without news",
        limit: 0.05,
        detail: { mbsyncMs: peer.again.map(Math.round), ternMs: idle.map(Math.round) },
      }),
      report({ name: 'imap.flagEvent', value: flagged, unit: 'ms from STORE to event under IDLE', limit: 1000 }),
    ];
  } finally {
    await server.stop();
  }
};

const mbsyncRuns = async (server: DovecotServer): Promise<{ first: number; again: number }> => {
  const copy = prepareMbsync(server);
  try {
    const first = (await timed(() => copy.sync())).ms;
    return { first, again: (await timed(() => copy.sync())).ms };
  } finally {
    copy.remove();
  }
};

/** From another client's STORE to the event that names the email. */
const flagEvent = async (host: Host, server: DovecotServer, account: string): Promise<number> => {
  const [id = ''] = await server.deliver([{ subject: 'to be flagged' }]);
  await host.call('sync.now', account, {});
  // Settled in IDLE: what came by then is told.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const before = new Set(host.events);
  const told = host.event((event) => !before.has(event) && event.event === 'changed' && event.account === account);
  return (
    await timed(async () => {
      await server.setKeywords([id], { $flagged: true });
      await told;
    })
  ).ms;
};
