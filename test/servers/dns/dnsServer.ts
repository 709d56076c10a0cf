import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type DnsRecord, type Outcome, type Question, readQuestion, writeAnswer } from './message.ts';

/** What happens to questions about a name, other than a true answer. */
export type Fate = 'hang' | 'garbage' | 'servfail';

/** A name server of this process (RFC 1035), over UDP and TCP, for names that it was told. */
export type DnsServer = {
  readonly port: number;
  /** What was asked, in order, as `SRV _jmap._tcp.example.test`. */
  readonly queries: readonly string[];
  add(...records: DnsRecord[]): void;
  /** For a name and all names under it. */
  decide(name: string, fate: Fate): void;
  /** Lets a name go whose questions hung, and answers those that still wait. */
  release(name: string): void;
  stop(): Promise<void>;
};

/** What fits into a datagram that no network takes apart. */
const LARGEST_DATAGRAM = 1232;

/** Starts a name server on 127.0.0.1. */
export const startDnsServer = async (): Promise<DnsServer> => {
  const queries: string[] = [];
  const records = new Map<string, DnsRecord[]>();
  const fates = new Map<string, Fate>();
  const held = new Map<string, (() => void)[]>();
  const udp = createSocket('udp4');
  const tcp = createServer();
  const sockets = new Set<Socket>();

  const fateOf = (name: string): [key: string, fate: Fate] | undefined =>
    [...fates].find(([key]) => `.${name}`.endsWith(`.${key}`));
  const answer = (message: Buffer, isDatagram: boolean, send: (bytes: Buffer) => void): void => {
    const question = readQuestion(message);
    queries.push(`${question.type} ${question.name}`);
    const [key = '', fate] = fateOf(question.name) ?? [];
    const say = (): void => send(answerTo(question, message, isDatagram));
    if (fate === 'hang') held.set(key, [...(held.get(key) ?? []), say]);
    else say();
  };
  const answerTo = (question: Question, message: Buffer, isDatagram: boolean): Buffer => {
    const { name, type } = question;
    const [, fate] = fateOf(name) ?? [];
    if (fate === 'garbage') return Buffer.concat([message.subarray(0, 2), Buffer.alloc(40, 0xfb)]);
    if (fate === 'servfail') return writeAnswer(question, 'servfail', []);
    const all = records.get(name) ?? [];
    const outcome: Outcome = all.length > 0 ? 'ok' : 'nxdomain';
    const of = all.filter((record) => record.type === type);
    const whole = writeAnswer(question, outcome, of);
    return isDatagram && whole.length > LARGEST_DATAGRAM ? writeAnswer(question, outcome, of, true) : whole;
  };

  udp.on('message', (message, { port, address }) => {
    answer(message, true, (bytes) => udp.send(bytes, port, address));
  });
  tcp.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    let heard = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      heard = Buffer.concat([heard, bytes]);
      while (heard.length >= 2 && heard.length >= 2 + heard.readUInt16BE(0)) {
        const end = 2 + heard.readUInt16BE(0);
        const send = (whole: Buffer): void =>
          void socket.write(Buffer.concat([Buffer.from([whole.length >> 8, whole.length & 0xff]), whole]));
        answer(heard.subarray(2, end), false, send);
        heard = heard.subarray(end);
      }
    });
  });
  udp.bind(0, '127.0.0.1');
  await once(udp, 'listening');
  const { port } = udp.address();
  tcp.listen(port, '127.0.0.1');
  await once(tcp, 'listening');
  return {
    port,
    queries,
    add: (...added) => {
      for (const record of added) records.set(record.name, [...(records.get(record.name) ?? []), record]);
    },
    decide: (name, fate) => void fates.set(name, fate),
    release: (name) => {
      fates.delete(name);
      for (const say of held.get(name) ?? []) say();
      held.delete(name);
    },
    stop: async () => {
      udp.close();
      const closed = once(tcp, 'close');
      tcp.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};
