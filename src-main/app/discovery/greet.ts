import { TernError } from '../../../src-shared/errors.ts';
import type { Candidate } from '../../../src-shared/setup.ts';
import type { Dial, Endpoint, Line } from './ports.ts';

type Auth = Candidate['auth'];

/** Replies have so many lines at most. */
const MOST_LINES = 100;

/**
 * Hears what an IMAP server says of itself (RFC 9051), in TLS, and what it takes to sign in. Nobody signs in. Throws
 * `network`, `tls`, `server`.
 */
export const greetImap = async (
  dial: Dial,
  to: Endpoint,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<Auth> => {
  const line = await dial(to, addresses, signal);
  try {
    const greeting = await line.read();
    if (!/^\* OK\b/i.test(greeting)) throw new TernError('server', `${to.host} does not greet as an IMAP server does`);
    if (to.security === 'starttls') {
      const [, before] = await command(line, to, 'CAPABILITY');
      if (!/\bSTARTTLS\b/i.test(before)) throw noTls(to);
      const [ok] = await command(line, to, 'STARTTLS');
      if (!ok) throw noTls(to);
      await line.secure();
    }
    const [, capabilities] = await command(line, to, 'CAPABILITY');
    line.write('z LOGOUT');
    return imapAuth(capabilities);
  } finally {
    line.close();
  }
};

/** A command of IMAP: whether it was done, and the untagged lines before the answer. */
const command = async (line: Line, { host }: Endpoint, name: string): Promise<[ok: boolean, said: string]> => {
  line.write(`a ${name}`);
  const said: string[] = [];
  while (said.length < MOST_LINES) {
    const text = await line.read();
    if (text.startsWith('a ')) return [/^a OK\b/i.test(text), said.join(' ')];
    said.push(text);
  }
  throw new TernError('server', `${host} does not stop talking`);
};

/** What the capabilities of a server name (RFC 9051 section 6.1.1, RFC 7628); those who name nothing take a password. */
const imapAuth = (capabilities: string): Auth => {
  const names = new Set(capabilities.toUpperCase().split(/\s+/));
  const auth: Auth = names.has('AUTH=OAUTHBEARER') || names.has('AUTH=XOAUTH2') ? ['oauth'] : [];
  const plain = [...names].some((name) => /^AUTH=(?:PLAIN|LOGIN|CRAM-MD5|DIGEST-MD5|SCRAM-.+)$/.test(name));
  if (plain || !names.has('LOGINDISABLED') || auth.length === 0) auth.push('password');
  return auth;
};

/**
 * Hears whether there is a server that takes mail to send (RFC 6409), in TLS. Nobody signs in. Throws `network`, `tls`,
 * `server`.
 */
export const greetSmtp = async (
  dial: Dial,
  to: Endpoint,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<void> => {
  const line = await dial(to, addresses, signal);
  try {
    const greeting = await reply(line, to);
    if (!/^220[ -]/.test(greeting[0] ?? ''))
      throw new TernError('server', `${to.host} does not greet as a mail server does`);
    if (to.security === 'starttls') {
      line.write('EHLO [127.0.0.1]');
      const extensions = await reply(line, to);
      if (!extensions.some((each) => /^250[ -]STARTTLS\s*$/i.test(each))) throw noTls(to);
      line.write('STARTTLS');
      if (!(await reply(line, to))[0]?.startsWith('220')) throw noTls(to);
      await line.secure();
    }
    line.write('QUIT');
  } finally {
    line.close();
  }
};

/** The lines of a reply of SMTP (RFC 5321 section 4.2.1). */
const reply = async (line: Line, { host }: Endpoint): Promise<string[]> => {
  const lines: string[] = [];
  while (lines.length < MOST_LINES) {
    const text = await line.read();
    lines.push(text);
    if (!/^\d{3}-/.test(text)) return lines;
  }
  throw new TernError('server', `${host} does not stop talking`);
};

const noTls = ({ host }: Endpoint): TernError => new TernError('tls', `${host} offers no encryption`);
