import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Line, lineReader } from './rawImapLines.ts';

/** What came of a command: how its tagged line ends, and the untagged lines before it. */
export type Answer = { status: 'OK' | 'NO' | 'BAD'; text: string; lines: Line[] };

/** An IMAP connection without any of Tern in it, for tests and benchmarks to act as 'another client'. */
export type RawImap = {
  /** The server's first line. */
  greeting: string;
  /** Sends a command, Buffers as non-synchronising literals (RFC 7888); answers whatever became of it. */
  ask(...pieces: (string | Buffer)[]): Promise<Answer>;
  /** Like `ask`, but answers the untagged lines alone and the tagged text, and throws unless it is OK. */
  run(...pieces: (string | Buffer)[]): Promise<Answer>;
  /** Writes bytes as they are: `DONE`, half a command, nonsense. */
  write(bytes: string): void;
  /** The first line that matches among those heard since the last command was sent, or to come. */
  heard(match: RegExp): Promise<Line>;
  close(): void;
};

/** How to reach a server; `ca` is the PEM of who vouches for it. */
export type Dial = { port: number; host?: string; security?: 'none' | 'starttls' | 'tls'; ca?: string };

type Waiting = { tag: string; lines: Line[]; resolve: (answer: Answer) => void; reject: (error: Error) => void };
type Listener = { match: RegExp; resolve: (line: Line) => void; reject: (error: Error) => void };

const bytesOf = (piece: string | Buffer): Buffer =>
  Buffer.isBuffer(piece) ? Buffer.concat([Buffer.from(`{${piece.length}+}\r\n`), piece]) : Buffer.from(piece);

/** Sends tagged commands and sorts what comes back. `on` may be given another socket, once TLS began. */
const conversation = () => {
  let socket: Socket | undefined;
  let tags = 0;
  let over: Error | undefined;
  let recent: Line[] = [];
  let waiting: Waiting[] = [];
  let listeners: Listener[] = [];

  const fail = (error: Error): void => {
    over ??= error;
    for (const { reject } of [...waiting, ...listeners]) reject(over);
    waiting = [];
    listeners = [];
  };
  const take = (line: Line): void => {
    const [first] = waiting;
    const tagged = first && line.text.startsWith(`${first.tag} `) ? first : undefined;
    if (tagged) {
      waiting = waiting.slice(1);
      const [, status = 'BAD', text = ''] = /^\S+ (OK|NO|BAD) ?(.*)$/.exec(line.text) ?? [];
      tagged.resolve({ status: status as Answer['status'], text, lines: tagged.lines });
      return;
    }
    first?.lines.push(line);
    recent.push(line);
    const found = listeners.filter(({ match }) => match.test(line.text));
    listeners = listeners.filter((listener) => !found.includes(listener));
    for (const { resolve } of found) resolve(line);
  };

  return {
    on: (next: Socket): void => {
      socket = next;
      next.on('data', lineReader(take));
      next.on('error', fail);
      next.on('close', () => next === socket && fail(new Error('the IMAP server hung up')));
    },
    ask: (...pieces: (string | Buffer)[]): Promise<Answer> => {
      if (over) return Promise.reject(over);
      tags += 1;
      const tag = `t${tags}`;
      recent = [];
      socket?.write(Buffer.concat([Buffer.from(`${tag} `), ...pieces.map(bytesOf), Buffer.from('\r\n')]));
      return new Promise((resolve, reject) => void waiting.push({ tag, lines: [], resolve, reject }));
    },
    heard: (match: RegExp): Promise<Line> => {
      const past = recent.find(({ text }) => match.test(text));
      if (past) return Promise.resolve(past);
      if (over) return Promise.reject(over);
      return new Promise((resolve, reject) => void listeners.push({ match, resolve, reject }));
    },
    write: (bytes: string): void => void socket?.write(bytes),
    close: (): void => {
      fail(new Error('closed by the test'));
      socket?.destroy();
    },
  };
};

/** Throws unless a command was done. */
const must = async (asked: Promise<Answer>, what: string): Promise<Answer> => {
  const answer = await asked;
  if (answer.status !== 'OK') throw new Error(`IMAP: ${what.slice(0, 60)}: ${answer.status} ${answer.text}`);
  return answer;
};

/** Dials a server and waits for its greeting; signs in nobody. */
export const dialImap = async ({ port, host = '127.0.0.1', security = 'none', ca }: Dial): Promise<RawImap> => {
  const talk = conversation();
  const tls = { ...(ca === undefined ? {} : { ca }), ...(host === '127.0.0.1' ? {} : { servername: host }) };
  const socket = security === 'tls' ? connectTls({ host, port, ...tls }) : connect({ host, port, noDelay: true });
  talk.on(socket);
  try {
    const greeting = (await talk.heard(/^\* /)).text;
    if (security === 'starttls') {
      await must(talk.ask('STARTTLS'), 'STARTTLS');
      socket.removeAllListeners('data');
      const secured = connectTls({ socket, host, ...tls });
      talk.on(secured);
      await once(secured, 'secureConnect');
    }
    return { ...talk, greeting, run: (...pieces) => must(talk.ask(...pieces), String(pieces[0])) };
  } catch (error) {
    socket.destroy();
    throw error;
  }
};

/** A quoted string (RFC 3501 section 4.3). */
export const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

/** Dials and signs in with LOGIN. */
export const signInImap = async (dial: Dial, username: string, password: string): Promise<RawImap> => {
  const imap = await dialImap(dial);
  try {
    await imap.run(`LOGIN ${quoted(username)} ${quoted(password)}`);
    return imap;
  } catch (error) {
    imap.close();
    throw error;
  }
};
