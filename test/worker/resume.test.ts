import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { EmailHead, Mailbox } from '../../src-shared/model.ts';
import { deliverSample, sampleMail } from '../servers/jmap/sampleMail.ts';
import { start } from '../servers/jmap/testClient.ts';
import type { JmapServer } from '../servers/jmapServer.ts';
import { addAccount, dataFolder, type Host, hostFor, patiently } from '../support/host.ts';
import { isRunning, killHard, until } from '../support/processes.ts';
import { seededRandom } from '../support/random.ts';

const TOTAL = 5_000;
const KILLS = 6;

const everyEmail = async (host: Host, account: string): Promise<EmailHead[]> => {
  const all = new Map<string, EmailHead>();
  const { mailboxes } = await host.call('mailboxes.list', account, {});
  for (const { id } of mailboxes)
    for (let after: string | undefined; ; ) {
      const page = await host.call('emails.list', account, { mailbox: id, limit: 200, ...(after ? { after } : {}) });
      for (const email of page.emails) all.set(email.id, email);
      if (page.next === null) break;
      after = page.next;
    }
  return [...all.values()];
};

/** What the replica and the server hold, in a form that both can be brought to. */
const compare = async (host: Host, account: string, server: JmapServer): Promise<void> => {
  const truth = await server.truth();
  const { mailboxes } = await host.call('mailboxes.list', account, {});
  const boxName = (id: string): string => truth.mailboxes[id]?.name ?? id;
  const rowOf = ({
    name,
    role,
    totalEmails,
    unreadEmails,
  }: Pick<Mailbox, 'name' | 'role' | 'totalEmails' | 'unreadEmails'>): string =>
    JSON.stringify([name, role, totalEmails, unreadEmails]);
  assert.deepEqual(mailboxes.map(rowOf).toSorted(), Object.values(truth.mailboxes).map(rowOf).toSorted());
  const localName = new Map(mailboxes.map(({ id, name }) => [id, name]));
  const held = (await everyEmail(host, account)).map(({ subject, receivedAt, keywords, mailboxIds }) =>
    JSON.stringify([
      subject,
      Date.parse(receivedAt),
      Object.keys(keywords).toSorted(),
      Object.keys(mailboxIds)
        .map((id) => localName.get(id) ?? '')
        .toSorted(),
    ]),
  );
  const wanted = Object.values(truth.emails).map(({ subject, receivedAt, keywords, mailboxIds }) =>
    JSON.stringify([subject, Date.parse(receivedAt), keywords.toSorted(), mailboxIds.map(boxName).toSorted()]),
  );
  assert.equal(held.length, wanted.length);
  assert.deepEqual(held.toSorted(), wanted.toSorted());
};

describe('a first sync', () => {
  it(`survives ${KILLS} kills of worker and host at random moments without starting over`, async (t) => {
    const seed = Number(process.env['TERN_SEED'] ?? 11);
    const random = seededRandom(seed);
    const server = await start(t, { limits: { maxObjectsInGet: 100 } });
    await deliverSample(server, sampleMail(TOTAL, { seed }));
    // What an undisturbed first sync costs.
    const calm = hostFor(t);
    const calmAccount = await addAccount(calm, server);
    await calm.call('sync.now', calmAccount, {});
    const undisturbed = server.requests.length;
    await calm.end();
    server.forgetRequests();

    server.trouble.slow(60);
    const dataDir = dataFolder(t);
    let host = hostFor(t, { dataDir, quiet: true });
    const account = await addAccount(host, server);
    const held = async (): Promise<number> => (await everyEmail(host, account)).length;
    const steps: number[] = [];
    let crashes = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      // Some kills hit the start itself, the others a moment with some progress.
      await pause(random() * 150);
      const moving = (): boolean => host.events.some(({ event }) => event === 'progress');
      if (random() < 0.6) await until('progress', moving, 4_000).catch(() => undefined);
      const workers = host.workers();
      // Five crashes within 5 minutes would block the account; a new host counts anew.
      if (random() < 0.5 || crashes === 4) {
        crashes = 0;
        await host.kill();
        await until('the workers are gone', () => !workers.some(isRunning));
        host = hostFor(t, { dataDir, quiet: true });
      } else {
        crashes++;
        for (const worker of workers) await killHard(worker);
        host.events.length = 0;
      }
      steps.push(await patiently(held));
    }
    server.trouble.slow(0);
    assert.deepEqual(await host.call('sync.now', account, {}), { result: 'ok' });
    steps.push(await held());
    t.diagnostic(
      `seed ${seed}: held ${steps.join(', ')}; ${undisturbed} requests alone, ${server.requests.length} with kills`,
    );
    assert.deepEqual(
      steps,
      steps.toSorted((a, b) => a - b),
      'what is held only grows',
    );
    assert.ok(steps.filter((count) => count > 0 && count < TOTAL).length >= 2, 'some kills hit the middle');
    // Each start asks for the session, the changes, and at most what was under way twice.
    const allowed = undisturbed + KILLS * 20;
    assert.ok(server.requests.length <= allowed, `${server.requests.length} requests, not ${allowed}`);
    await compare(host, account, server);
    server.forgetRequests();
    assert.deepEqual(await host.call('sync.now', account, {}), { result: 'ok' });
    assert.ok(server.requests.length <= 2, 'the first sync is over');
  });
});
