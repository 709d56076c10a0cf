import type { TestContext } from 'node:test';
import { type ImapServer, type ImapServerOptions, startImapServer } from '../imapServer.ts';
import { dialImap, type RawImap, signInImap } from './rawImap.ts';

/** A server that stops with the test. */
export const start = async (t: TestContext, options: ImapServerOptions = {}): Promise<ImapServer> => {
  const server = await startImapServer(options);
  t.after(() => server.stop());
  return server;
};

/** A client that signed in; it ends with the test. */
export const signIn = async (t: TestContext, { port }: ImapServer): Promise<RawImap> => {
  const client = await signInImap({ port }, 'alice@example.test', 'secret');
  t.after(() => client.close());
  return client;
};

/** A client that did not sign in; it ends with the test. */
export const dial = async (t: TestContext, { port }: ImapServer): Promise<RawImap> => {
  const client = await dialImap({ port });
  t.after(() => client.close());
  return client;
};

/** The untagged lines of a command that must be OK, each `{n}` with its literal. */
export const lines = async (client: RawImap, ...pieces: (string | Buffer)[]): Promise<string[]> =>
  (await client.run(...pieces)).lines.map(({ text, literals }) => {
    const left = [...literals];
    return text.replaceAll(/\{\d+\}/g, () => left.shift()?.toString() ?? '');
  });

/** How a command ends: `OK`, or `NO [CODE]` without the words. */
export const ending = async (client: RawImap, ...pieces: (string | Buffer)[]): Promise<string> => {
  const { status, text } = await client.ask(...pieces);
  return `${status} ${/^\[[^\]]*\]/.exec(text)?.[0] ?? ''}`.trim();
};

/** A server with mails in its inbox, and a client that selected that. */
export const selected = async (t: TestContext, mails: number, options: ImapServerOptions = {}) => {
  const server = await start(t, options);
  const ids = await server.deliver(Array.from({ length: mails }, () => ({})));
  const client = await signIn(t, server);
  await client.run('SELECT INBOX');
  return { server, ids, client, inbox: server.mailboxId('inbox') };
};
