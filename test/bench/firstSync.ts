import type { Cycle } from '../../src-shared/contractRows.ts';
import type { MailServer } from '../servers/mailServer.ts';
import type { Host } from '../support/host.ts';

/** What a first sync took, in ms: altogether, and until 50 emails could be listed; and a cycle right after it. */
export type FirstSync = { account: string; ms: number; newest: number; idle: Cycle | undefined };

/** Adds an account with so many messages to a host, and waits until all of them are there. */
export const firstSync = async (
  host: Host,
  { config, credential }: Pick<MailServer, 'config' | 'credential'>,
  messages: number,
): Promise<FirstSync> => {
  await host.call('app.info', null, {});
  const { account } = await host.call('accounts.add', null, { email: 'alice@example.test', config, credential });
  await host.event(({ event, data }) => event === 'phase' && data.phase === 'syncing');
  const connected = performance.now();
  const newest = await listable(host, account.id).then(() => performance.now() - connected);
  await host.event(({ event, data }) => event === 'phase' && data.phase === 'live');
  await host.call('sync.now', account.id, {});
  const { cycles } = await host.call('sync.log', account.id, {});
  const first = cycles.at(-1);
  // An account may begin with a message of its own.
  if (first?.counts.created !== messages + 1 && first?.counts.created !== messages)
    throw new Error(`the first sync brought ${first?.counts.created} of ${messages} messages`);
  return {
    account: account.id,
    ms: Date.parse(first.finishedAt) - Date.parse(first.startedAt),
    newest,
    idle: cycles[0],
  };
};

const listable = async (host: Host, account: string): Promise<void> => {
  for (;;) {
    const { emails } = await host.call('emails.list', account, { limit: 50 });
    if (emails.length === 50) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
