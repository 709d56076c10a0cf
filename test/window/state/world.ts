import './noPage.ts';
import type { TestContext } from 'node:test';
import { followAccounts, readAll } from '../../../electron/renderer/state/accounts.ts';
import { question } from '../../../electron/renderer/state/asking.ts';
import { commands, followPlace, goTo } from '../../../electron/renderer/state/commands.ts';
import { useLine } from '../../../electron/renderer/state/line.ts';
import { followList, list, rows } from '../../../electron/renderer/state/list.ts';
import { followReader, openThread } from '../../../electron/renderer/state/reader.ts';
import { dismiss, toasts } from '../../../electron/renderer/state/toasts.ts';
import type { AppEvent } from '../../../electron/renderer/transport/transport.ts';
import { createBackend } from '../../../src-main/backend.ts';
import { createNodePlatform } from '../../../src-main/platformNode.ts';
import { TernError } from '../../../src-shared/errors.ts';
import { type JmapServer, startJmapServer } from '../../servers/jmapServer.ts';
import { cleanUp, dataFolder } from '../../support/host.ts';
import { until } from '../../support/processes.ts';

/** The window's state over a backend and a mail server, without a page. */
export type World = {
  server: JmapServer;
  account: string;
  /** Delivers mails of these subjects, the first one the newest, each a conversation; answers when they are listed. */
  deliver(...subjects: string[]): Promise<void>;
  /** Names of the mailboxes where the server has mail of a subject; none: it is gone. */
  where(subject: string): Promise<string[]>;
  /** Waits until that is so. */
  isAt(subject: string, ...mailboxes: string[]): Promise<void>;
};

/** The open conversation's subject. */
export const open = (): string | null => openThread.value?.subject ?? null;

/** The subjects of the rows that are shown. */
export const shown = (): (string | null)[] => rows.value.all().map(({ subject }) => subject);

/** What toasts say. */
export const said = (): string[] => toasts.value.map(({ text }) => text);

/** Goes to an inbox without a selection, with nothing said or asked. */
export const begin = (): void => {
  commands.pickNone();
  goTo({ kind: 'role', role: 'inbox' });
  for (const { id } of toasts.value) dismiss(id);
  question.value?.answer(false);
};

const rowOf = (subject: string) => rows.value.all().find((row) => row.subject === subject);

/** The row with a subject, once it is shown. */
export const row = async (subject: string) => {
  await until(`a row for ${subject}`, () => rowOf(subject) !== undefined);
  const found = rowOf(subject);
  if (!found) throw new Error(`no row for ${subject}`);
  return found;
};

/** The state of one window, for all tests of a file. */
export const openWorld = async (t: TestContext): Promise<World> => {
  const server = await startJmapServer({ username: 'alice@example.test', push: true });
  cleanUp(t, () => server.stop());
  const listeners: ((event: AppEvent) => void)[] = [];
  const backend = createBackend(createNodePlatform(dataFolder(t)), (event, data) => {
    for (const listener of listeners) listener({ event, data } as AppEvent);
  });
  cleanUp(t, () => backend.close());
  const ask = async (call: string, account: string | null, input: unknown): Promise<never> =>
    (await backend.call({ call, account, input }, new AbortController().signal)) as never;
  useLine({
    call: ask,
    // What a message looks like is not asked here.
    host: () => Promise.reject(new TernError('unsupported', 'there is no page')),
    shell: null,
    on: (listener) => void listeners.push(listener),
    ended: new Promise(() => undefined),
  });
  followAccounts();
  const { config, credential } = server;
  const added: { account: { id: string } } = await ask('accounts.add', null, {
    email: 'alice@example.test',
    config,
    credential,
  });
  const account = added.account.id;
  await ask('sync.now', account, {});
  await readAll();
  followList();
  followPlace();
  followReader();
  const where = async (subject: string): Promise<string[]> => {
    const { emails, mailboxes } = await server.truth();
    const found = Object.values(emails).filter((email) => email.subject === subject);
    return found.flatMap(({ mailboxIds }) => mailboxIds.map((id) => mailboxes[id]?.name ?? id));
  };
  let minutes = 0;
  return {
    server,
    account,
    deliver: async (...subjects) => {
      const mails = subjects.toReversed().map((subject) => ({
        subject,
        from: { name: 'Ben', email: 'ben@family.example' },
        receivedAt: new Date(Date.UTC(2026, 0, 1, 0, ++minutes)),
      }));
      await server.deliver(mails);
      await ask('sync.now', account, {});
      await list.value.refresh();
    },
    where,
    isAt: async (subject, ...names) => {
      await until(
        `${subject} in ${names.join() || 'nothing'}`,
        async () => (await where(subject)).join() === names.join(),
      );
    },
  };
};
