import { createConnection, type Socket } from 'node:net';

/** A message to append: CRLF bytes, IMAP flags and INTERNALDATE (whole seconds). */
export type Message = { raw: Buffer; flags: string[]; at: Date };

/** A signed-in IMAP connection that only appends. */
export type Appender = {
  /** IMAP names, as the server wrote them, by MAILBOXID (RFC 8474), which is the JMAP id. */
  mailboxNames(): Promise<Map<string, string>>;
  /** One MULTIAPPEND (RFC 3502) of non-synchronising literals; answers the UIDs it gave, in order. */
  append(mailbox: string, messages: Message[]): Promise<number[]>;
  /** EMAILIDs (RFC 8474), which are the JMAP ids, of UIDs in `mailbox`, in the same order. */
  emailIds(mailbox: string, uids: number[]): Promise<string[]>;
  close(): void;
};

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const dateTime = (at: Date): string => {
  const iso = at.toISOString();
  return `${iso.slice(8, 10)}-${months[at.getUTCMonth()] ?? ''}-${iso.slice(0, 4)} ${iso.slice(11, 19)} +0000`;
};

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** UIDs of a `uid-set` without `*`, RFC 4315. */
const expand = (set: string): number[] =>
  set.split(',').flatMap((range) => {
    const [first = '0', last = first] = range.split(':');
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, n) => Number(first) + n);
  });

type Run = (command: string | Buffer) => Promise<string[]>;

/** Sends tagged commands one at a time; answers the lines up to the tagged one, throws unless that is OK. */
const runner = (socket: Socket): Run => {
  let tag = 0;
  let text = '';
  let waiting: { tag: string; resolve: (lines: string[]) => void; reject: (error: Error) => void } | undefined;

  const fail = (error: Error): void => {
    waiting?.reject(error);
    waiting = undefined;
  };
  socket.setEncoding('latin1');
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the IMAP server hung up')));
  socket.on('data', (chunk: string) => {
    text += chunk;
    if (waiting === undefined || !text.endsWith('\r\n')) return;
    const lines = text.split('\r\n').slice(0, -1);
    const last = lines.at(-1) ?? '';
    if (!last.startsWith(`${waiting.tag} `)) return;
    text = '';
    if (last.startsWith(`${waiting.tag} OK`)) waiting.resolve(lines);
    else waiting.reject(new Error(`IMAP: ${last}`));
    waiting = undefined;
  });

  return (command) => {
    tag += 1;
    const name = `t${tag}`;
    socket.write(Buffer.concat([Buffer.from(`${name} `), Buffer.from(command), Buffer.from('\r\n')]));
    return new Promise((resolve, reject) => {
      waiting = { tag: name, resolve, reject };
    });
  };
};

const multiAppend = (mailbox: string, messages: Message[]): Buffer =>
  Buffer.concat([
    Buffer.from(`APPEND ${mailbox}`),
    ...messages.flatMap(({ raw, flags, at }) => [
      Buffer.from(` (${flags.join(' ')}) "${dateTime(at)}" {${raw.length}+}\r\n`),
      raw,
    ]),
  ]);

/** Signs in over plain IMAP on loopback; the first login also makes Cyrus create the account. */
export const openAppender = async (port: number, username: string, password: string): Promise<Appender> => {
  const socket = createConnection({ host: '127.0.0.1', port, noDelay: true });
  const run = runner(socket);
  let selected = '';

  const names = async (): Promise<Map<string, string>> => {
    const found = new Map<string, string>();
    for (const line of await run('LIST "" "*" RETURN (STATUS (MAILBOXID))')) {
      const match = /^\* STATUS (.+) \(MAILBOXID \((\S+)\)\)$/.exec(line);
      if (match?.[1] !== undefined && match[2] !== undefined) found.set(match[2], match[1]);
    }
    return found;
  };

  const append = async (mailbox: string, messages: Message[]): Promise<number[]> => {
    const lines = await run(multiAppend(mailbox, messages));
    const set = /\[APPENDUID \d+ ([\d:,]+)\]/.exec(lines.at(-1) ?? '')?.[1];
    if (set === undefined) throw new Error(`APPEND answered no UIDs: ${lines.at(-1)}`);
    return expand(set);
  };

  const emailIds = async (mailbox: string, uids: number[]): Promise<string[]> => {
    if (selected !== mailbox) await run(`EXAMINE ${mailbox}`);
    selected = mailbox;
    const found = new Map<number, string>();
    for (const line of await run(`UID FETCH ${uids.at(0)}:${uids.at(-1)} (EMAILID)`)) {
      const uid = /\bUID (\d+)/.exec(line)?.[1];
      const email = /\bEMAILID \(([^)]+)\)/.exec(line)?.[1];
      if (uid !== undefined && email !== undefined) found.set(Number(uid), email);
    }
    return uids.map((uid) => {
      const email = found.get(uid);
      if (email === undefined) throw new Error(`no EMAILID for UID ${uid} of ${mailbox}`);
      return email;
    });
  };

  try {
    await run(`LOGIN ${quoted(username)} ${quoted(password)}`);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return { mailboxNames: names, append, emailIds, close: () => socket.destroy() };
};
