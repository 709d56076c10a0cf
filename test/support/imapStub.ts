import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { ImapConfig } from '../../src-shared/model.ts';
import type { World } from './world.ts';

/** A command's tag, its name, and its line without the tag. */
type Command = { tag: string; verb: string; line: string };

/** What a server that only does what a test says does. */
export type Script = {
  /** Said first; null: nothing. */
  greeting?: string | null;
  /** The untagged lines of a command that is then OK; null: what anybody would answer. */
  answer?: (command: Command) => readonly string[] | null;
};

/** Where the stub listens, as the configuration of an account, and what it was sent. */
export type ImapStub = { configOf(config: ImapConfig): ImapConfig; seen: string[] };

const usual = ({ verb }: Command): string[] =>
  verb === 'CAPABILITY' ? ['* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR'] : [];

/** Starts a stub that ends with the world. */
export const startImapStub = async (
  w: Pick<World, 'onEnd'>,
  { greeting = '* OK ready', answer = () => null }: Script,
): Promise<ImapStub> => {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const hear = (socket: Socket, text: string): void => {
    seen.push(text);
    const [tag = '', name = '', next = ''] = text.split(' ');
    const verb = (name.toUpperCase() === 'UID' ? `UID ${next}` : name).toUpperCase();
    const command = { tag, verb, line: text.slice(tag.length + 1) };
    const lines = answer(command) ?? usual(command);
    if (socket.writable) socket.write([...lines, `${tag} OK done`].map((line) => `${line}\r\n`).join(''));
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    if (greeting !== null) socket.write(`${greeting}\r\n`);
    let rest = '';
    socket.on('data', (bytes: Buffer) => {
      const pieces = (rest + bytes.toString('latin1')).split('\r\n');
      rest = pieces.pop() ?? '';
      for (const piece of pieces) hear(socket, piece);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  w.onEnd(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  const { port } = server.address() as AddressInfo;
  return { configOf: (config) => ({ ...config, imap: { host: '127.0.0.1', port, security: 'none' } }), seen };
};

/** Where a stub listens that ends with the test. What the test opens to it is to be closed by `onEnd`, before it. */
export const stubServer = async (
  t: TestContext,
  script: Script,
): Promise<{ server: ImapConfig['imap']; onEnd: (close: () => void) => void }> => {
  const closing: (() => unknown)[] = [];
  const stub = await startImapStub({ onEnd: (close) => closing.push(close) }, script);
  t.after(async () => {
    for (const close of closing.toReversed()) await close();
  });
  const nowhere = { host: '', port: 1, security: 'none' } as const;
  const { imap } = stub.configOf({ protocol: 'imap', imap: nowhere, smtp: nowhere });
  return { server: imap, onEnd: (close) => closing.push(close) };
};
