import type { ImapResponse } from 'imapflow';
import { type ErrorKind, TernError } from '../../../src-shared/errors.ts';
import { certificateTrouble, inert } from '../serverText.ts';
import { codeTokens, textOf } from './tokens.ts';

/** What imapflow throws, as far as it can be told. */
type Thrown = {
  code?: string;
  message?: string;
  reason?: string;
  response?: unknown;
  responseStatus?: string;
  responseText?: string;
  serverResponseCode?: string;
  authenticationFailed?: boolean;
  tlsFailed?: boolean;
  throttleReset?: number;
};

const thrown = (error: unknown): Thrown => (typeof error === 'object' && error !== null ? error : {});

const quoted = (text: string | undefined): string => {
  const said = inert(text);
  return said === '' ? '' : `: ${said}`;
};

/**
 * A command that the server answered with NO or BAD (RFC 9051 section 7.1). `lasting`: it will answer the same next time
 * (docs/sync.md I8). `code` is the response code in upper case, or null.
 */
export class ImapRefusal extends TernError {
  readonly code: string | null;
  readonly lasting: boolean;

  constructor(kind: ErrorKind, message: string, code: string | null, lasting: boolean, retryAfter?: number) {
    super(kind, message, { retryAfter });
    this.code = code;
    this.lasting = lasting;
  }
}

/**
 * What a mailbox's work comes to; null where the server refuses it for that mailbox, which holds up no other. INBOX is what
 * people have an account for: they are told.
 */
export const unlessRefused = async <T>({ path }: { path: string }, work: Promise<T>): Promise<T | null> => {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ImapRefusal) || path === 'INBOX' || error.kind === 'auth' || error.kind === 'tls')
      throw error;
    return null;
  }
};

/** Response codes (RFC 5530, RFC 9051, RFC 7889) by what they mean for the command: lasting ones are not tried again. */
const CODES: Record<string, { kind: ErrorKind; lasting: boolean }> = {
  UNAVAILABLE: { kind: 'server', lasting: false },
  INUSE: { kind: 'server', lasting: false },
  LIMIT: { kind: 'rateLimited', lasting: false },
  SERVERBUG: { kind: 'server', lasting: false },
  CONTACTADMIN: { kind: 'server', lasting: false },
  NONEXISTENT: { kind: 'notFound', lasting: true },
  NOPERM: { kind: 'forbidden', lasting: true },
  CANNOT: { kind: 'unsupported', lasting: true },
  ALREADYEXISTS: { kind: 'conflict', lasting: true },
  OVERQUOTA: { kind: 'quota', lasting: true },
  TOOBIG: { kind: 'tooLarge', lasting: true },
  TRYCREATE: { kind: 'notFound', lasting: true },
  AUTHENTICATIONFAILED: { kind: 'auth', lasting: true },
  AUTHORIZATIONFAILED: { kind: 'auth', lasting: true },
  EXPIRED: { kind: 'auth', lasting: true },
  PRIVACYREQUIRED: { kind: 'tls', lasting: true },
};

/** The response code of an answer and its arguments, lists flattened to their texts. */
export const codeOf = (response: ImapResponse): string[] => {
  const flat: string[] = [];
  const add = (tokens: ReturnType<typeof codeTokens>): void => {
    for (const token of tokens) {
      if (Array.isArray(token)) add(token);
      else flat.push(textOf(token) ?? '');
    }
  };
  add(codeTokens(response));
  if (flat[0] !== undefined) flat[0] = flat[0].toUpperCase();
  return flat;
};

/** The connection is gone. */
export const lostError = (place: string, bye?: string): TernError =>
  new TernError('network', `the connection to ${place} was lost${quoted(bye)}`);

/** What a failed command means: `ImapRefusal` for NO and BAD, else the connection is of no use any more. */
export const commandError = (place: string, command: string, error: unknown, bye?: string): TernError => {
  if (error instanceof TernError) return error;
  const { responseStatus, responseText, response, code, throttleReset, message } = thrown(error);
  if (code === 'ETHROTTLE')
    return new TernError('rateLimited', `${place} asks to wait`, {
      retryAfter: Math.ceil((throttleReset ?? 0) / 1000),
    });
  if (responseStatus === 'NO' || responseStatus === 'BAD') {
    const [name] = typeof response === 'object' && response !== null ? codeOf(response) : [];
    const known = name === undefined ? undefined : CODES[name];
    const { kind, lasting } = known ?? { kind: 'server', lasting: responseStatus === 'BAD' };
    return new ImapRefusal(kind, `the server refused ${command}${quoted(responseText)}`, name ?? null, lasting);
  }
  if (tooMuch.has(code ?? ''))
    return new TernError('tooLarge', `${place} sent more than was asked for`, { cause: error, detail: { command } });
  // Refused before a byte was written: ours to mend.
  if (code?.startsWith('Invalid')) return new TernError('bug', `${command} cannot be sent: ${inert(message)}`);
  return lostError(place, bye);
};

const tooMuch = new Set(['LiteralTooLarge', 'LineTooLarge', 'ResponseTooLarge', 'TooManyTokens']);

/** Too many connections, or a server about to go down: said as it greets, in words alone. */
const busy = /too many|maximum|limit|concurrent|try again|temporar|shut|unavailable|overload/i;

/** What a connection that could not be made means; `received`: how many bytes came. */
export const connectError = (place: string, error: unknown, received: number): TernError => {
  const {
    code = '',
    message,
    authenticationFailed,
    serverResponseCode,
    tlsFailed,
    reason,
    responseText,
  } = thrown(error);
  const refusal = CODES[(serverResponseCode ?? '').toUpperCase()];
  if (refusal && refusal.kind !== 'auth')
    return new TernError(refusal.kind, `${place} refused to sign in${quoted(responseText)}`);
  // Said by the library before anything was sent (RFC 9051 section 6.2.3, LOGINDISABLED).
  if (thrown(error).message === 'Login is disabled') return new TernError('auth', `${place} takes no passwords`);
  if (message === 'Unsupported authentication mechanism')
    return new TernError('forbidden', `${place} takes no tokens: sign in with a password`);
  if (authenticationFailed)
    return new TernError('auth', `the mail server refused the user name, password or token${quoted(responseText)}`);
  if (tlsFailed || certificateTrouble.test(code))
    return new TernError('tls', `the secure connection to ${place} cannot be trusted (${code || 'STARTTLS failed'})`, {
      cause: error,
    });
  if (reason !== undefined)
    return new TernError(
      busy.test(reason) ? 'rateLimited' : 'server',
      `${place} closed the connection${quoted(reason)}`,
    );
  // Something was said that is no greeting: the port of another service.
  if (thrown(error).responseStatus !== undefined || (code === 'GREETING_TIMEOUT' && received > 0))
    return new TernError('server', `${place} does not answer as an IMAP server should${quoted(responseText)}`);
  if (code === 'CONNECT_TIMEOUT' || code === 'GREETING_TIMEOUT' || code === 'UPGRADE_TIMEOUT')
    return new TernError('network', `${place} does not answer`, { cause: error });
  const why = code === 'ENOTFOUND' ? 'its name is not known' : code || 'the connection was lost';
  return new TernError('network', `${place} cannot be reached: ${why}`, { cause: error });
};
