import { rawJmap } from '../servers/cyrus/rawJmap.ts';
import { type CyrusServer, cyrusAvailable, startCyrus } from '../servers/cyrus.ts';
import { type Host, startHost } from '../support/host.ts';
import { percentile, report, timed } from './figure.ts';
import { workerMemory } from './memory.ts';
import { startServerProcess } from './serverProcess.ts';

const HELD = 100_000;
const QUEUED = 100_000;
const FLUSHED = 10_000;
const ROUNDS = 5;

/** Figures of the outbound queue: submitting at 100,000 messages, a queue of 100,000, and a flush to Cyrus. */
export const outboxFigures = async (): Promise<boolean> => {
  const results = [await submitFigures(), await flushFigures()];
  return results.every((result) => result !== false);
};

type Account = { host: Host; account: string; emails: string[] };

const submitFigures = async (): Promise<boolean> => {
  const server = await startServerProcess(HELD);
  const host = startHost();
  try {
    const { config, credential } = server;
    const { account } = await host.call('accounts.add', null, { email: 'alice@example.test', config, credential });
    await host.event(({ event, data }) => event === 'phase' && data.phase === 'live');
    // Alone with the store: what is submitted waits for a network that is gone.
    await server.stop();
    await host.call('sync.now', account.id, {});
    const target: Account = { host, account: account.id, emails: await emailIds(host, account.id, 20_000) };
    const single = await submitTimes(target, 1, 1000);
    const many = await submitTimes(target, 1000, 50);
    const queue = await longQueue(target);
    return [
      report({
        name: 'outbox.submit.single.p99',
        value: percentile(single, 99),
        unit: 'ms',
        limit: 5,
        detail: { median: Number(percentile(single, 50).toPrecision(3)), held: HELD },
      }),
      report({
        name: 'outbox.submit.thousand.p99',
        value: percentile(many, 99),
        unit: 'ms',
        limit: 100,
        detail: { median: Number(percentile(many, 50).toPrecision(3)) },
      }),
      report({
        name: 'outbox.queue.memory',
        value: queue.after / queue.before,
        unit: 'times the memory before',
        limit: 1.2,
        detail: { queued: QUEUED, beforeMb: Math.round(queue.before), afterMb: Math.round(queue.after) },
      }),
      report({
        name: 'outbox.queue.list.p99',
        value: percentile(queue.lists, 99),
        unit: 'ms',
        limit: 16,
        detail: { calls: queue.lists.length },
      }),
    ].every(Boolean);
  } finally {
    await host.end();
  }
};

/** Emails of all mailboxes, junk and trash with them: the peer changes those as well. */
const emailIds = async (host: Host, account: string, count: number): Promise<string[]> => {
  const ids = new Set<string>();
  const { mailboxes } = await host.call('mailboxes.list', account, {});
  for (const { id: mailbox } of mailboxes)
    for (let after: string | null | undefined; after !== null && ids.size < count; ) {
      const page: { emails: { id: string }[]; next: string | null } = await host.call('emails.list', account, {
        mailbox,
        limit: 200,
        ...(after === undefined ? {} : { after }),
      });
      for (const { id } of page.emails) ids.add(id);
      after = page.next;
    }
  host.lines.length = 0;
  if (ids.size < count) throw new Error(`${ids.size} of ${count} emails are listed`);
  return [...ids].slice(0, count);
};

/** Keywords in turn, so that every call changes something. */
const submit = ({ host, account }: Account, emails: string[], n: number): Promise<unknown> =>
  host.call('changes.submit', account, {
    changes: [{ type: 'keywords', emails, patch: { [`label${n % 7}`]: n % 2 === 0 ? true : null, $seen: true } }],
  });

const submitTimes = async (target: Account, size: number, calls: number): Promise<number[]> => {
  const times: number[] = [];
  for (let n = 0; n < calls; n++) {
    const from = (n * size) % (target.emails.length - size);
    times.push((await timed(() => submit(target, target.emails.slice(from, from + size), n))).ms);
    target.host.lines.length = 0;
  }
  return times;
};

/** So many changes of one email each, twenty in a call, with the lists that a person opens in between. */
const longQueue = async (target: Account): Promise<{ before: number; after: number; lists: number[] }> => {
  const { host, account, emails } = target;
  const PER_CALL = 20;
  const before = workerMemory(host);
  const lists: number[] = [];
  for (let n = 0; n * PER_CALL < QUEUED; n++) {
    const changes = Array.from({ length: PER_CALL }, (_, index) => ({
      type: 'keywords' as const,
      emails: emails.slice((n * PER_CALL + index) % emails.length).slice(0, 1),
      patch: { [`label${n % 7}`]: true as const },
    }));
    const submitted = host.call('changes.submit', account, { changes });
    lists.push((await timed(() => host.call('emails.list', account, { role: 'inbox', limit: 50 }))).ms);
    await submitted;
    host.lines.length = 0;
  }
  return { before, after: workerMemory(host), lists };
};

const flushFigures = async (): Promise<boolean | null> => {
  const missing = cyrusAvailable();
  if (missing !== null) {
    console.error(`SKIPPED the flush to Cyrus: ${missing}`);
    return null;
  }
  const server = await startCyrus();
  const host = startHost();
  try {
    await server.fill(FLUSHED);
    const { config, credential } = server;
    const { account } = await host.call('accounts.add', null, { email: 'alice@example.test', config, credential });
    await host.event(({ event, data }) => event === 'phase' && data.phase === 'live');
    const target: Account = { host, account: account.id, emails: await emailIds(host, account.id, FLUSHED) };
    const bare: number[] = [];
    const tern: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      bare.push((await timed(() => bareFlush(server, `bare${round}`))).ms);
      tern.push(await ternFlush(target, `tern${round}`));
    }
    return report({
      name: 'outbox.flush.cyrus',
      value: percentile(tern, 50) / percentile(bare, 50),
      unit: 'times the bare client',
      limit: 1.3,
      detail: { changes: FLUSHED, bareMs: bare.map(Math.round), ternMs: tern.map(Math.round) },
    });
  } finally {
    await host.end();
    await server.stop();
  }
};

/** The peer: the same patches in full batches, one after the other, nothing stored. */
const bareFlush = async (server: CyrusServer, keyword: string): Promise<void> => {
  const jmap = rawJmap(server);
  const { ids } = await jmap.ask<{ ids: string[] }>('Email/query', { limit: FLUSHED });
  const { capabilities } = await jmap.session();
  const size = Number(capabilities['urn:ietf:params:jmap:core']?.['maxObjectsInSet']);
  for (let at = 0; at < ids.length; at += size) {
    const update = Object.fromEntries(ids.slice(at, at + size).map((id) => [id, { [`keywords/${keyword}`]: true }]));
    await jmap.ask('Email/set', { update });
  }
};

/** Queued while the account is paused; timed from its start until nothing is queued any more. */
const ternFlush = async ({ host, account, emails }: Account, keyword: string): Promise<number> => {
  await host.call('sync.now', account, {});
  await host.call('accounts.update', null, { account, paused: true });
  for (let at = 0; at < emails.length; at += 100) {
    const changes = emails
      .slice(at, at + 100)
      .map((email) => ({ type: 'keywords' as const, emails: [email], patch: { [keyword]: true as const } }));
    await host.call('changes.submit', account, { changes });
  }
  const queued = (await host.call('accounts.list', null, {})).accounts[0]?.pending;
  if (queued !== emails.length) throw new Error(`${queued} of ${emails.length} changes are queued`);
  host.events.length = 0;
  const settled = host.event(({ event, data }) => event === 'pending' && data.queued === 0);
  const began = performance.now();
  await host.call('accounts.update', null, { account, paused: false });
  await settled;
  const ms = performance.now() - began;
  const { changes } = await host.call('changes.list', account, {});
  if (changes.length > 0) throw new Error(`${changes.length} changes are not settled`);
  host.lines.length = 0;
  return ms;
};
