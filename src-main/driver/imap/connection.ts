import type { Writable } from 'node:stream';
import { ImapFlow, type ImapResponse } from 'imapflow';
import { TernError } from '../../../src-shared/errors.ts';
import type { ImapConfig } from '../../../src-shared/model.ts';
import { abortReason, raceSignal, throwIfAborted } from '../../lib/async.ts';
import { type Access, accessOf, type SignIn, signInBy } from '../access.ts';
import type { Connections, ConnectionUse, ConnectionWanted } from '../connections.ts';
import type { MessageFile } from '../outgoing.ts';
import { SILENCE_MS } from '../silence.ts';
import { unrepeated } from '../unrepeated.ts';
import { codeOf, commandError, connectError, lostError } from './errors.ts';
import { pour } from './literal.ts';

/** What a command is made of: lists as arrays, text as strings that are quoted where they must be. */
export type Argument =
  | { type: 'ATOM'; value: string; section?: Argument[]; partial?: [number, number] }
  | { type: 'SEQUENCE'; value: string }
  | { type: 'LITERAL'; value: string }
  | { type: 'TEXT'; value: string }
  | string
  | Argument[];

/** A keyword, a flag or a number. */
export const atom = (value: string): Argument => ({ type: 'ATOM', value });

/** A set of UIDs (RFC 9051 section 9, sequence-set). */
export const uidSet = (value: string): Argument => ({ type: 'SEQUENCE', value });

/** Untagged answers by their keyword, called in the order in which they come. */
type Handlers = Record<string, (response: ImapResponse) => void>;

/** The tagged answer: its response code, as `['COPYUID', '1', '2:3', '7:8']`, with lists flattened. */
type Completion = { code: string[] };

/** A connection that is signed in. Commands go out one at a time, in the order in which they were asked for. */
export type ImapConnection = {
  has(capability: string): boolean;
  /** Whether an extension was switched on for this connection (RFC 5161). */
  enabled(extension: string): boolean;
  /** Sends a command. A tagged NO or BAD throws `ImapRefusal`, a lost connection `TernError` network. */
  run(command: string, args: Argument[], handlers?: Handlers): Promise<Completion>;
  /**
   * Sends a command whose last argument is a file; the server has agreed to its size when it is read. Throws as `run` does,
   * and `storage`, with which the connection ends. `asked`: the server wants it, so that from now on it may have the whole.
   */
  runWithFile(command: string, args: Argument[], file: MessageFile, asked: () => void): Promise<Completion>;
  /** The name that the server gave itself (RFC 2971), lower-case; empty when it did not. */
  readonly product: string;
  readonly traffic: { roundTrips: number; bytes: number };
  readonly closed: boolean;
  /** The mailbox that is open, how, and its UIDNEXT then (null: not told); null while none is. */
  selected: { path: string; command: 'EXAMINE' | 'SELECT'; next: number | null } | null;
  /** The client below, for IDLE alone. */
  readonly client: ImapFlow;
  close(): void;
};

/** Makes a connection that is signed in; throws as `connect` does. */
export type Dial = (signal: AbortSignal) => Promise<ImapConnection>;

/** Dials for each use, once all accounts together have room for one more connection to the server. */
export const dialer =
  (connections: Connections, server: Omit<ConnectionWanted, 'use'>, dial: Dial) =>
  (use: ConnectionUse): Dial =>
  async (signal) => {
    const free = await connections.take({ ...server, use }, signal);
    try {
      const connection = await dial(signal);
      connection.client.on('close', free);
      if (connection.closed) free();
      return connection;
    } catch (error) {
      free();
      throw error;
    }
  };

/** What of imapflow is not in its types: one command as it is, and its untagged answers as tokens. */
type Exec = {
  exec(
    command: string,
    attributes: unknown[] | false,
    options: {
      untagged: Record<string, (response: ImapResponse) => Promise<void>>;
      onPlusTag?: () => Promise<void>;
    },
  ): Promise<{ response: ImapResponse; next(): void }>;
  /** Where what is sent goes, compressed where that was agreed. */
  writeSocket: Writable;
};

/** A literal is a header or a structure, both asked for with a limit; a server that ignores it is cut off. */
const LARGEST_LITERAL = 4 * 1024 * 1024;
const LARGEST_RESPONSE = 16 * 1024 * 1024;
const MOST_TOKENS = 400_000;
const GREETING_MS = 20_000;
/** Servers drop who says nothing for 30 minutes (RFC 2177), some much earlier. */
const LONGEST_IDLE_MS = 9 * 60_000;

/**
 * Connects, secures and signs in (RFC 9051 section 6.2), with a token by OAUTHBEARER (RFC 7628) or XOAUTH2. Throws `auth`,
 * `tls`, `network`, `rateLimited` or `server`.
 */
export const connect = async (
  server: ImapConfig['imap'],
  credential: SignIn,
  signal: AbortSignal,
): Promise<ImapConnection> => {
  const access: Access = accessOf(credential);
  const { username: user } = access;
  if (access.type === 'password') return connectAs(server, { user, pass: access.password }, signal);
  return signInBy(access.token, signal, (accessToken) => connectAs(server, { user, accessToken }, signal));
};

type Login = { user: string } & ({ pass: string; accessToken?: never } | { pass?: never; accessToken: string });

const connectAs = async (
  { host, port, security }: ImapConfig['imap'],
  login: Login,
  signal: AbortSignal,
): Promise<ImapConnection> => {
  throwIfAborted(signal);
  const client = new ImapFlow({
    host,
    port,
    secure: security === 'tls',
    doSTARTTLS: security === 'starttls',
    auth: login,
    logger: false,
    disableAutoIdle: true,
    qresync: true,
    maxIdleTime: LONGEST_IDLE_MS,
    connectionTimeout: SILENCE_MS,
    greetingTimeout: GREETING_MS,
    socketTimeout: SILENCE_MS,
    maxLiteralSize: LARGEST_LITERAL,
    maxLineLength: LARGEST_LITERAL,
    maxResponseSize: LARGEST_RESPONSE,
    maxResponseTokens: MOST_TOKENS,
    tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2' },
  });
  // Whoever waits for an answer is told of a failure by that; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await raceSignal(client.connect(), signal);
  } catch (error) {
    client.close();
    if (signal.aborted) throw abortReason(signal);
    throw unrepeated(connectError(`${host}:${port}`, error, client.stats().received), login.pass ?? login.accessToken);
  }
  return connectionOn(client, `${host}:${port}`);
};

type Run = (command: string, args: Argument[], options: Parameters<Exec['exec']>[2]) => Promise<Completion>;
type Counted = { roundTrips: number; poured: number };

const connectionOn = (client: ImapFlow, place: string): ImapConnection => {
  const traffic: Counted = { roundTrips: 0, poured: 0 };
  const run: Run = async (command, args, options) => {
    if (client.isClosed) throw lostError(place, client.byeReason);
    traffic.roundTrips += 1;
    try {
      const done = await (client as unknown as Exec).exec(command, wire(args), options);
      done.next();
      return { code: codeOf(done.response) };
    } catch (error) {
      throw commandError(place, command, error, client.byeReason);
    }
  };
  return {
    has: (capability) => client.capabilities.has(capability),
    enabled: (extension) => client.enabled.has(extension),
    run: (command, args, handlers = {}) => {
      const untagged = Object.entries(handlers).map(([keyword, handle]) => [
        keyword,
        async (response: ImapResponse) => handle(response),
      ]);
      return run(command, args, { untagged: Object.fromEntries(untagged) });
    },
    runWithFile: withFile(client, run, traffic),
    get product() {
      return String(client.serverInfo?.name ?? '').toLowerCase();
    },
    get traffic() {
      const { sent, received } = client.stats();
      return { roundTrips: traffic.roundTrips, bytes: sent + received + traffic.poured };
    },
    get closed() {
      return client.isClosed;
    },
    selected: null,
    client,
    close: () => client.close(),
  };
};

const withFile =
  (client: ImapFlow, run: Run, traffic: Counted): ImapConnection['runWithFile'] =>
  async (command, args, file, asked) => {
    let trouble: unknown = null;
    let isAsked = false;
    const onPlusTag = async (): Promise<void> => {
      // A server that asks twice gets it once.
      if (isAsked) return;
      isAsked = true;
      asked();
      const taken = (bytes: number): void => {
        traffic.poured += bytes;
      };
      await pour((client as unknown as Exec).writeSocket, file, taken).catch((error: unknown) => {
        trouble = error;
        client.close();
      });
    };
    // The size alone, as a literal that waits for the server (RFC 9051 section 4.3): what follows is ours to write.
    const literal: Argument = { type: 'TEXT', value: `{${file.size}}` };
    try {
      return await run(command, [...args, literal], { untagged: {}, onPlusTag });
    } catch (error) {
      throw trouble instanceof TernError ? trouble : error;
    }
  };

/** A name may hold what no quoted string can: that goes out as a literal. */
const wire = (args: Argument[]): unknown[] =>
  args.map((each) => {
    if (Array.isArray(each)) return wire(each);
    if (typeof each !== 'string') return each;
    return { type: /[\p{Cc}]/u.test(each) ? 'LITERAL' : 'STRING', value: each };
  });
