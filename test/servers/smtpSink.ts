import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A message that the sink took; addresses without angle brackets, `parameters` those of MAIL FROM, `data` without dots stuffed. */
type SunkMessage = { from: string; parameters: string; to: string[]; data: string };

/** What the sink does other than take everything. */
type SinkTrouble = {
  /**
   * What a line of the client is answered with in place of the usual: '.' is the end of a message, which is not kept then. An
   * empty text hangs up; null: the usual.
   */
  reply: (line: string) => string | null;
  /** Whether it hangs up once it has a message, without a reply. It keeps it all the same. */
  vanish: boolean;
};

/** A mail server (RFC 5321) that takes whatever it is handed and sends nothing on. */
export type SmtpSink = {
  port: number;
  /** What it took, in order. */
  messages: SunkMessage[];
  trouble: SinkTrouble;
  stop(): Promise<void>;
};

const extensions = ['sink.example.test', '8BITMIME', 'SMTPUTF8', 'PIPELINING', 'SIZE 100000000'];
const greeting = extensions.map((name, n) => `250${n === extensions.length - 1 ? ' ' : '-'}${name}`).join('\r\n');

/** What is under way on one connection: `lines` of the message while it comes. */
type Talk = { from: string; parameters: string; to: string[]; lines: string[] | null };

const path = (line: string): [address: string, rest: string] => {
  const [, address = '', rest = ''] = /<([^>]*)>\s*(.*)$/.exec(line) ?? [];
  return [address, rest];
};

/** The usual reply to a command, and what follows from it where that was a good one. */
const obey = (talk: Talk, line: string): [reply: string, done: () => void] => {
  switch (line.slice(0, 4).toUpperCase()) {
    case 'EHLO':
    case 'HELO':
      return [greeting, () => {}];
    case 'MAIL':
      return [
        '250 2.1.0 OK',
        () => {
          const [from, parameters] = path(line);
          Object.assign(talk, { from, parameters, to: [] });
        },
      ];
    case 'RCPT':
      return ['250 2.1.5 OK', () => talk.to.push(path(line)[0])];
    case 'DATA':
      return ['354 Go ahead', () => (talk.lines = [])];
    case 'QUIT':
      return ['221 2.0.0 Bye', () => {}];
    default:
      return ['250 2.0.0 OK', () => {}];
  }
};

const converse = (socket: Socket, { messages, trouble }: Pick<SmtpSink, 'messages' | 'trouble'>): void => {
  const talk: Talk = { from: '', parameters: '', to: [], lines: null };
  const say = (text: string): void => {
    if (text === '') socket.destroy();
    else socket.write(`${text}\r\n`);
  };
  const hear = (line: string): void => {
    if (talk.lines && line !== '.') return void talk.lines.push(line.replace(/^\./, ''));
    if (talk.lines) {
      const { lines, ...envelope } = talk;
      talk.lines = null;
      const refusal = trouble.reply('.');
      if (refusal === null) messages.push({ ...envelope, data: `${lines.join('\r\n')}\r\n` });
      return trouble.vanish ? say('') : say(refusal ?? '250 2.0.0 OK');
    }
    const [usual, done] = obey(talk, line);
    const reply = trouble.reply(line) ?? usual;
    if (/^[23]/.test(reply)) done();
    say(reply);
  };
  let rest = '';
  socket.setEncoding('latin1').on('error', () => {});
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) hear(line);
  });
  say('220 sink.example.test ESMTP');
};

/** Starts a sink on a free port of 127.0.0.1. */
export const startSmtpSink = async (): Promise<SmtpSink> => {
  const messages: SunkMessage[] = [];
  const trouble: SinkTrouble = { reply: () => null, vanish: false };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    converse(socket, { messages, trouble });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    trouble,
    stop: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};
