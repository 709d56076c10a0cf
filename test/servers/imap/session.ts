import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { announced } from './announced.ts';
import type { Capability } from './capabilities.ts';
import { obey } from './obey.ts';
import { createOutput, type Output } from './output.ts';
import { createReader, type Reader, readParts } from './reader.ts';
import type { Site } from './site.ts';
import { closeView, type View } from './view.ts';

/** One connection of a client. */
export type Session = {
  readonly number: number;
  readonly site: Site;
  readonly out: Output;
  readonly reader: Reader;
  encrypted: boolean;
  signedIn: boolean;
  readonly enabled: Set<Capability>;
  /** Aware of CONDSTORE (RFC 7162 section 3.1): flags come with their MODSEQ. */
  condstore: boolean;
  view: View | null;
  /** Called when the view changed, while the client waits for that (IDLE). */
  stirred: (() => void) | null;
  ended: boolean;
  /** Resolves when the connection is closed. */
  readonly closed: Promise<void>;
  /** Goes on encrypted. */
  startTls(): void;
  /** Says BYE and hangs up. */
  bye(text: string): void;
  destroy(): void;
};

/** Bytes that are pushed without being asked for (RFC 7888). */
const mayPush =
  ({ capabilities }: Site) =>
  (octets: number): boolean =>
    capabilities.has('LITERAL+') || (capabilities.has('LITERAL-') && octets <= 4096);

const createSession = (site: Site, first: Socket): Session => {
  const { traffic } = site;
  let spoken = true;
  let socket = first;
  const reader = createReader();
  const ended = Promise.withResolvers<void>();
  const out = createOutput(first, () => {
    spoken = true;
  });
  const hear = (chunk: Buffer): void => {
    if (spoken) traffic.roundTrips++;
    spoken = false;
    reader.push(chunk);
  };
  const session: Session = {
    number: ++traffic.connections.made,
    site,
    out,
    reader,
    encrypted: site.security === 'tls',
    signedIn: false,
    enabled: new Set(),
    condstore: false,
    view: null,
    stirred: null,
    ended: false,
    closed: ended.promise,
    startTls: () => {
      first.off('data', hear);
      reader.clear();
      socket = new TLSSocket(first, site.secure ? { isServer: true, secureContext: site.secure } : { isServer: true });
      socket.on('data', hear).on('error', () => first.destroy());
      out.use(socket);
      session.encrypted = true;
    },
    bye: (text) => {
      if (session.ended) return;
      session.ended = true;
      out.write(`* BYE ${text}\r\n`);
      out.close();
      reader.end();
    },
    destroy: () => {
      session.ended = true;
      socket.destroy();
    },
  };
  first.on('data', hear).on('error', () => first.destroy());
  first
    .on('end', () => reader.end())
    .on('close', () => {
      session.ended = true;
      closeView(session);
      reader.end();
      ended.resolve();
    });
  return session;
};

/** True where the client was sent away at the door. */
const greet = (session: Session): boolean => {
  const { faults, sessions } = session.site;
  const { connections, greeting } = faults;
  if (connections && sessions.size > connections.limit && connections.how === 'bye') {
    session.bye('Too many connections');
    return true;
  }
  const odd = greeting.left > 0 ? greeting.kind : null;
  if (odd) greeting.left--;
  if (odd === 'bye') {
    session.bye('Come back later');
    return true;
  }
  session.signedIn = odd === 'preauth';
  session.out.write(
    `* ${odd === 'preauth' ? 'PREAUTH' : 'OK'} [CAPABILITY ${announced(session)}] Tern's test server\r\n`,
  );
  session.out.flush();
  return false;
};

/** Talks to a client until one of the two hangs up. */
export const serve = async (site: Site, socket: Socket): Promise<void> => {
  const { sessions, traffic } = site;
  const session = createSession(site, socket.setNoDelay(true));
  const { out, reader } = session;
  sessions.add(session);
  traffic.connections.open = sessions.size;
  traffic.connections.most = Math.max(traffic.connections.most, sessions.size);
  void session.closed.then(() => {
    sessions.delete(session);
    traffic.connections.open = sessions.size;
  });
  const ask = (): void => {
    out.write('+ OK\r\n');
    out.flush();
  };
  if (greet(session)) return;
  while (!session.ended) {
    const command = await readParts(reader, { ask, mayPush: mayPush(site) });
    if (command === null || session.ended) break;
    await obey(session, command.parts, command.refusal);
  }
  out.close();
};
