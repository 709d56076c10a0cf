import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { lineReader } from '../imap/rawImapLines.ts';

/** A relay before a Dovecot, for `imap_capability` only takes words out of what it announces: it still obeys. */
export type Poorer = { port: number; stop(): Promise<void> };

/** What a command must not say on a server without a capability. */
const refusals: Record<string, RegExp> = {
  MOVE: /^(UID )?MOVE /,
  UIDPLUS: /^UID EXPUNGE /,
  IDLE: /^IDLE$/,
  NOTIFY: /^NOTIFY /,
  ENABLE: /^ENABLE /,
  UNSELECT: /^UNSELECT$/,
  NAMESPACE: /^NAMESPACE$/,
  QRESYNC: /^ENABLE .*QRESYNC|^(SELECT|EXAMINE) .*\(QRESYNC |^UID FETCH .*VANISHED/,
  CONDSTORE:
    /^ENABLE .*CONDSTORE|^(SELECT|EXAMINE) .*\(CONDSTORE|^STATUS .*HIGHESTMODSEQ|^LIST .*HIGHESTMODSEQ|^(UID )?(FETCH|STORE|SEARCH) .*(MODSEQ|CHANGEDSINCE|UNCHANGEDSINCE)/,
  'LIST-STATUS': /^LIST .*RETURN .*STATUS/,
  'LIST-EXTENDED': /^LIST .*RETURN |^LIST \(/,
  ESEARCH: /^(UID )?SEARCH RETURN /,
  'LITERAL+': /\{\d+\+\}$/,
};

/** What a server without a capability does not say. */
const silences: Record<string, RegExp> = {
  UIDPLUS: /\[(APPENDUID|COPYUID) [^\]]*\] /,
  CONDSTORE: /^\* OK \[(HIGHESTMODSEQ|NOMODSEQ)[^]*$/,
  CHILDREN: /(?<=^\* LIST \([^)]*)\\Has(No)?Children ?/,
  'SPECIAL-USE': /(?<=^\* LIST \([^)]*) ?\\(Archive|Drafts|Junk|Sent|Trash)/,
};

const literalAtEnd = /\{(\d+)(\+?)\}$/;

/**
 * Reads commands from a client: lets bytes through to `pass`, or a command that is refused to `refuse`, without the literals
 * that it brings along. `settled` is to be told of each tag that was answered: a literal that was declined never comes.
 */
const commandFilter = (
  isRefused: (command: string) => boolean,
  pass: (bytes: Buffer | string) => void,
  refuse: (tag: string) => void,
) => {
  let held: Buffer = Buffer.alloc(0);
  let literal = 0;
  let tag: string | null = null;
  let refused = false;

  const takeLine = (line: string): void => {
    if (tag === null) {
      const [, first = '', command = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
      refused = isRefused(command.toUpperCase());
      tag = first;
      if (refused) refuse(tag);
    }
    if (!refused) pass(`${line}\r\n`);
    const [, size, without] = literalAtEnd.exec(line) ?? [];
    // Refused before it was asked for, a literal is not sent.
    if (size === undefined || (refused && without === '')) tag = null;
    else literal = Number(size);
  };

  return {
    settled: (answered: string): void => {
      if (answered === tag && !refused) [tag, literal] = [null, 0];
    },
    take: (bytes: Buffer): void => {
      held = Buffer.concat([held, bytes]);
      for (;;) {
        if (literal > 0) {
          const part = held.subarray(0, literal);
          if (part.length === 0) return;
          if (!refused) pass(part);
          literal -= part.length;
          held = held.subarray(part.length);
          continue;
        }
        const end = held.indexOf('\r\n');
        if (end < 0) return;
        const line = held.toString('latin1', 0, end);
        held = held.subarray(end + 2);
        takeLine(line);
      }
    },
  };
};

const relay = (client: Socket, target: number, taken: ReadonlySet<string>): Socket => {
  const server = connect(target, '127.0.0.1');
  const patterns = (of: Record<string, RegExp>): RegExp[] =>
    Object.entries(of).flatMap(([name, pattern]) => (taken.has(name) ? pattern : []));
  const [refused, silent] = [patterns(refusals), patterns(silences)];
  const commands = commandFilter(
    (command) => refused.some((pattern) => pattern.test(command)),
    (bytes) => void server.write(bytes),
    (tag) => void client.write(`${tag} BAD Error in IMAP command: unknown to this server\r\n`),
  );
  const end = (): void => {
    client.destroy();
    server.destroy();
  };
  client.setNoDelay(true).on('error', end).on('close', end);
  server.setNoDelay(true).on('error', end).on('close', end);
  client.on('data', commands.take);
  server.on(
    'data',
    lineReader(({ text, literals }) => {
      commands.settled(text.slice(0, text.indexOf(' ')));
      const said = silent.reduce((line, pattern) => line.replace(pattern, ''), text);
      if (said === '' && text !== '') return;
      let next = 0;
      const pieces = said.split(/(?<=\{\d+\})/).flatMap((piece) => {
        const literal = literalAtEnd.test(piece) ? literals[next++] : undefined;
        return literal ? [`${piece}\r\n`, literal] : [piece];
      });
      client.write(Buffer.concat([...pieces, '\r\n'].map((piece) => Buffer.from(piece))));
    }),
  );
  return server;
};

/** Starts a relay that refuses and leaves out what a server without some capabilities would. Plain connections only. */
export const startPoorer = async (target: number, taken: ReadonlySet<string>): Promise<Poorer> => {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    for (const socket of [client, relay(client, target, taken)]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};
