import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { bearerIn, type TokenCheck, tokenRefusal } from '../oauth/tokenCheck.ts';
import type { Failure, Faults, Moment } from './faults.ts';
import { createInput, type Input, readLine, readMessage } from './input.ts';
import type { Ledger } from './ledger.ts';

/** A server for outgoing mail: who may send, what it can, what it has accepted and what goes wrong. */
export type Site = {
  readonly security: 'none' | 'starttls' | 'tls';
  readonly secure: SecureContext | null;
  /** Passwords by user name; nobody has to sign in where it is null. */
  readonly accounts: Map<string, string> | null;
  /** Asks whose a bearer token is. */
  readonly tokens: TokenCheck | null;
  /** Lines of EHLO behind the first, as `SIZE 1000`; AUTH and STARTTLS come by themselves. */
  extensions: readonly string[];
  /** SASL mechanisms that are offered: PLAIN, LOGIN, OAUTHBEARER and XOAUTH2 are understood. */
  mechanisms: readonly string[];
  /** Says that it cannot encrypt, as one in between would make it. */
  stripped: boolean;
  /** What is said in plain text right behind the reply to STARTTLS. */
  injected: string;
  /** The bytes of messages are kept. */
  keep: boolean;
  readonly faults: Faults;
  readonly ledger: Ledger;
  /** Every line that clients sent; of messages nothing. */
  readonly commands: string[];
  /** Those that came without encryption. */
  readonly plain: string[];
  readonly sockets: Set<Socket>;
  /** What the client sees next waits for it. */
  pause: Promise<void> | null;
  /** The most bytes of a message that were taken from a client at once before a failure. */
  half: number;
};

type Session = {
  site: Site;
  socket: Socket;
  input: Input;
  encrypted: boolean;
  user: string | null;
  from: string | null;
  recipients: string[];
};

/** Ends the conversation. */
class Over extends Error {}

const write = async ({ socket, site }: Session, text: string): Promise<void> => {
  await site.pause;
  if (socket.writable) socket.write(Buffer.from(text, 'latin1'));
};

const say = (session: Session, ...lines: string[]): Promise<void> =>
  write(session, lines.map((line) => `${line}\r\n`).join(''));

const suffer = async (session: Session, failure: Failure): Promise<void> => {
  const { socket } = session;
  switch (failure.kind) {
    case 'say':
      await say(session, ...failure.lines);
      if (failure.lines.at(-1)?.startsWith('421')) await hangUp(session);
      return;
    case 'raw':
      for (const piece of failure.bytewise ? failure.bytes : [failure.bytes]) {
        await write(session, piece);
        if (failure.bytewise) await new Promise((resolve) => setImmediate(resolve));
      }
      return;
    case 'drop':
      if (failure.after) await new Promise((resolve) => socket.write(failure.after ?? '', resolve));
      return hangUp(session);
    case 'wait':
      socket.pause();
      return failure.until;
    case 'hang':
      socket.pause();
      await new Promise((resolve) => socket.once('close', resolve));
      throw new Over();
    case 'endless':
      while (socket.writable) {
        socket.write(`${failure.line}\r\n`);
        await new Promise((resolve) => setImmediate(resolve));
      }
      throw new Over();
  }
};

const hangUp = async ({ socket }: Session): Promise<void> => {
  if (socket.writable) await new Promise<void>((resolve) => socket.end(resolve));
  socket.destroy();
  throw new Over();
};

/** True where something went wrong instead. */
const fails = async (session: Session, at: Moment, line = ''): Promise<boolean> => {
  const failure = session.site.faults.take(at, line);
  if (failure) await suffer(session, failure);
  return failure !== null;
};

const ehlo = async (session: Session): Promise<void> => {
  const { site, encrypted } = session;
  const isBare = site.security === 'starttls' && !encrypted;
  const offers = [
    ...site.extensions,
    ...(isBare && !site.stripped ? ['STARTTLS'] : []),
    ...(site.accounts && !isBare ? [`AUTH ${site.mechanisms.join(' ')}`] : []),
  ];
  const lines = ['mail.example.test', ...offers];
  await say(session, ...lines.map((line, at) => `250${at < lines.length - 1 ? '-' : ' '}${line}`));
};

const startTls = async (session: Session): Promise<void> => {
  const { site } = session;
  if (site.security !== 'starttls' || site.stripped || !site.secure) return say(session, '502 5.5.1 Not implemented');
  await write(session, `220 2.0.0 Go ahead\r\n${site.injected}`);
  const plain = session.socket;
  plain.removeAllListeners('data');
  const socket = new TLSSocket(plain, { isServer: true, secureContext: site.secure });
  socket.on('error', () => plain.destroy());
  session.input.use(socket);
  Object.assign(session, { socket, encrypted: true, user: null });
};

const decode = (text: string): string => Buffer.from(text, 'base64').toString();

const auth = async (session: Session, line: string): Promise<void> => {
  const { site, input } = session;
  const [, mechanism = '', initial = ''] = line.split(' ');
  if (!site.accounts || !site.mechanisms.includes(mechanism.toUpperCase())) return say(session, '504 5.5.4 Unknown');
  const ask = async (prompt: string): Promise<string> => {
    await say(session, `334 ${prompt}`);
    return decode((await readLine(input)) ?? '');
  };
  if (/^(OAUTHBEARER|XOAUTH2)$/i.test(mechanism)) {
    const said = bearerIn(initial === '' ? await ask('') : decode(initial));
    const holder = said && ((await site.tokens?.(said.bearer)) ?? null);
    if (holder !== null && holder === said?.username) {
      session.user = holder;
      return say(session, '235 2.7.0 Welcome');
    }
    await ask(tokenRefusal);
    return say(session, '535 5.7.8 Authentication credentials invalid');
  }
  let [user, password] = ['', ''];
  if (mechanism.toUpperCase() === 'PLAIN')
    [, user = '', password = ''] = (initial === '' ? await ask('') : decode(initial)).split('\0');
  else {
    user = await ask('VXNlcm5hbWU6');
    password = await ask('UGFzc3dvcmQ6');
  }
  if (site.accounts.get(user) !== password) return say(session, '535 5.7.8 Authentication credentials invalid');
  session.user = user;
  await say(session, '235 2.7.0 Welcome');
};

const mail = async (session: Session, line: string): Promise<void> => {
  const found = /^MAIL FROM:<([^<>]*)>((?: [^ ]+)*)$/i.exec(line);
  if (!found) return say(session, '501 5.5.4 Syntax');
  if (session.site.accounts && session.user === null) return say(session, '530 5.7.0 Authentication required');
  session.from = found[1] ?? '';
  session.recipients = [];
  await say(session, '250 2.1.0 Sender is fine');
};

const rcpt = async (session: Session, line: string): Promise<void> => {
  const found = /^RCPT TO:<([^<> ]+|"[^<>]*"@[^<> ]+)>$/i.exec(line);
  if (!found) return say(session, '501 5.5.4 Syntax');
  if (session.from === null) return say(session, '503 5.5.1 MAIL first');
  session.recipients.push(Buffer.from(found[1] ?? '', 'latin1').toString());
  await say(session, '250 2.1.5 Recipient is fine');
};

const idOf = (bytes: Buffer): string =>
  /^Message-ID:\s*<([^<>]*)>/im.exec(bytes.toString('latin1', 0, 20_000))?.[1] ?? '';

const data = async (session: Session): Promise<void> => {
  const { site, input, from, recipients } = session;
  if (from === null || recipients.length === 0) return say(session, '503 5.5.1 RCPT first');
  await say(session, '354 Go on');
  await fails(session, 'body');
  let isHalf = false;
  const seen = async (size: number): Promise<void> => {
    if (isHalf || size < site.half) return;
    isHalf = true;
    await fails(session, 'half');
  };
  const got = await readMessage(input, seen, site.keep);
  if (!got) throw new Over();
  Object.assign(session, { from: null, recipients: [] });
  if (await fails(session, 'dot')) return;
  const { bytes, size } = got;
  for (const recipient of recipients) site.ledger.add({ messageId: idOf(bytes), from, recipient, size, bytes });
  if (await fails(session, 'accepted')) return;
  await say(session, '250 2.0.0 Accepted');
  await fails(session, 'told');
};

const verbs: Record<string, (session: Session, line: string) => Promise<void>> = {
  EHLO: ehlo,
  HELO: (session) => say(session, '250 mail.example.test'),
  STARTTLS: startTls,
  AUTH: auth,
  MAIL: mail,
  RCPT: rcpt,
  DATA: data,
  RSET: (session) => say(session, '250 2.0.0 Reset'),
  NOOP: (session) => say(session, '250 2.0.0 Fine'),
  QUIT: async (session) => {
    await say(session, '221 2.0.0 Goodbye');
    await hangUp(session);
  },
};

const talk = async (session: Session): Promise<void> => {
  const { site, input } = session;
  if (!(await fails(session, 'connect'))) await say(session, "220 mail.example.test ESMTP Tern's test server");
  for (;;) {
    const line = await readLine(input);
    if (line === null) return;
    site.commands.push(line);
    if (!session.encrypted) site.plain.push(line);
    const verb = line.split(' ')[0]?.toUpperCase() ?? '';
    const act = verbs[verb];
    if (!act) await say(session, '500 5.5.2 Unknown command');
    else if (!(await fails(session, verb as Moment, line))) await act(session, line);
  }
};

/** Talks to a client until one of the two hangs up. */
export const serve = async (site: Site, socket: Socket): Promise<void> => {
  socket.on('error', () => undefined);
  const session: Session = {
    site,
    socket,
    input: createInput(socket),
    encrypted: site.security === 'tls',
    user: null,
    from: null,
    recipients: [],
  };
  try {
    await talk(session);
  } catch (error) {
    if (!(error instanceof Over)) throw error;
  } finally {
    session.socket.destroy();
  }
};
