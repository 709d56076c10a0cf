import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type DnsRecord, type Outcome, readQuestion, writeAnswer } from './message.ts';

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
  stop(): Promise<void>;
};

/** What fits into a datagram that no network takes apart. */
const LARGEST_DATAGRAM = 1232;

/** Starts a name server on 127.0.0.1. */
export const startDnsServer = async (): Promise<DnsServer> => {
  const queries: string[] = [];
  const records = new Map<string, DnsRecord[]>();
  const fates = new Map<string, Fate>();
  const udp = createSocket('udp4');
  const tcp = createServer();
  const sockets = new Set<Socket>();

  const fateOf = (name: string): Fate | undefined => {
    const key = [...fates.keys()].find((each) => `.${name}`.endsWith(`.${each}`));
    return key === undefined ? undefined : fates.get(key);
  };
  /** Null: none. */
  const answerTo = (message: Buffer, isDatagram: boolean): Buffer | null => {
    const question = readQuestion(message);
    const { name, type } = question;
    queries.push(`${type} ${name}`);
    const fate = fateOf(name);
    if (fate === 'hang') return null;
    if (fate === 'garbage') return Buffer.concat([message.subarray(0, 2), Buffer.alloc(40, 0xfb)]);
    if (fate === 'servfail') return writeAnswer(question, 'servfail', []);
    const all = records.get(name) ?? [];
    const outcome: Outcome = all.length > 0 ? 'ok' : 'nxdomain';
    const of = all.filter((record) => record.type === type);
    const whole = writeAnswer(question, outcome, of);
    return isDatagram && whole.length > LARGEST_DATAGRAM ? writeAnswer(question, outcome, of, true) : whole;
  };

  udp.on('message', (message, { port, address }) => {
    const answer = answerTo(message, true);
    if (answer) udp.send(answer, port, address);
  });
  tcp.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    let heard = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      heard = Buffer.concat([heard, bytes]);
      while (heard.length >= 2 && heard.length >= 2 + heard.readUInt16BE(0)) {
        const end = 2 + heard.readUInt16BE(0);
        const answer = answerTo(heard.subarray(2, end), false);
        heard = heard.subarray(end);
        if (answer) socket.write(Buffer.concat([Buffer.from([answer.length >> 8, answer.length & 0xff]), answer]));
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
    stop: async () => {
      udp.close();
      const closed = once(tcp, 'close');
      tcp.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};
