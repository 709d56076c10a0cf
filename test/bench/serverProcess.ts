import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Config, Credential } from '../../src-shared/model.ts';
import { deliverSample, type SampleMail, sampleMail } from '../servers/jmap/sampleMail.ts';
import { startJmapServer } from '../servers/jmapServer.ts';

/** The in-process JMAP server in a process of its own, so that it does not share the measuring program's thread. */
export type ServerProcess = {
  config: Config;
  credential: Credential;
  /** Changes a flag on so many of the newest emails. */
  flag(count: number): Promise<void>;
  stop(): Promise<void>;
};

type Started = { config: Config; credential: Credential };

/** Starts it with so many messages. `alone`: each is a conversation by itself, and in the inbox. */
export const startServerProcess = async (messages: number, { alone = false } = {}): Promise<ServerProcess> => {
  const args = [String(messages), ...(alone ? ['alone'] : [])];
  const child = fork(fileURLToPath(import.meta.url), args, { execArgv: [] });
  const { config, credential } = await reply<Started>(child);
  return {
    config,
    credential,
    flag: async (count) => {
      child.send(count);
      await reply(child);
    },
    stop: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
};

const reply = async <T>(child: ChildProcess): Promise<T> => {
  const [message] = (await once(child, 'message')) as [T];
  return message;
};

const inInbox = (mail: SampleMail): SampleMail => {
  const { inReplyTo: _, references: __, ...alone } = mail;
  return { ...alone, mailboxes: ['Inbox'] };
};

const serve = async (messages: number, alone: boolean): Promise<void> => {
  // It stands for another machine: where cores are few, it gives way to Tern and the measuring program.
  setPriority(19);
  const server = await startJmapServer({});
  const mail = sampleMail(messages, { seed: 7 });
  const ids = await deliverSample(server, alone ? mail.map(inInbox) : mail);
  let flagged: true | null = null;
  process.on('message', (count: number) => {
    flagged = flagged ? null : true;
    void server.setKeywords(ids.slice(-count), { $flagged: flagged }).then(() => process.send?.('done'));
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ config: server.config, credential: server.credential } satisfies Started);
};

if (process.argv[1] === fileURLToPath(import.meta.url))
  await serve(Number(process.argv[2]), process.argv[3] === 'alone');
