import { type ErrorKind, TernError } from '../../../src-shared/errors.ts';
import type { Outcome } from '../driver.ts';
import { inert } from '../serverText.ts';
import { type MethodError, methodError } from './client.ts';

/** A SetError (RFC 8620 section 5.3), as far as it can be read. */
type SetError = { type?: unknown; description?: unknown };

const plain: Record<string, { kind: ErrorKind; says: string }> = {
  notFound: { kind: 'notFound', says: 'it is no longer on the server' },
  forbidden: { kind: 'forbidden', says: 'the server does not allow it' },
  overQuota: { kind: 'quota', says: 'the mailbox is over its quota' },
  tooLarge: { kind: 'tooLarge', says: 'it is too large for the server' },
  rateLimit: { kind: 'rateLimited', says: 'the server asks to go slower' },
  invalidProperties: { kind: 'invalid', says: 'the server does not accept these values' },
  invalidEmail: { kind: 'invalid', says: 'the server takes it for no valid message' },
  invalidPatch: { kind: 'invalid', says: 'the server does not accept this change' },
  mailboxHasEmail: { kind: 'conflict', says: 'there is mail in the mailbox' },
  mailboxHasChild: { kind: 'conflict', says: 'there are mailboxes below it' },
};

/** With these the same change may work later; every other type, known or not, is the end of it for that item. */
const passing = new Set(['rateLimit', 'overQuota', 'serverFail', 'stateMismatch']);

/** What a SetError means for one item. */
export const outcomeOf = (raw: unknown): Outcome => {
  const { type, description } = (typeof raw === 'object' && raw !== null ? raw : {}) as SetError;
  const name = typeof type === 'string' ? type : 'an error without a type';
  const { kind, says } = (Object.hasOwn(plain, name) ? plain[name] : undefined) ?? {
    kind: 'server' as const,
    says: `the server says ${inert(name)}`,
  };
  const said = typeof description === 'string' ? inert(description) : '';
  const more = said && ` (${said})`;
  const error = new TernError(kind, `${says}${more}`);
  if (name === 'serverPartialFail') return { result: 'unknown', error, counts: true };
  return passing.has(name) ? { result: 'failed', error } : { result: 'refused', error };
};

/** What a method-level error (RFC 8620 section 3.6.2) means for each item of the call; null: the call is to be halved. */
export const outcomeOfMethod = (error: MethodError, items: number): Outcome | null => {
  const told = methodError(error, 'the change');
  switch (error.type) {
    case 'stateMismatch':
    // The state that the set was to insist on could not be told: nothing was done either.
    case 'invalidResultReference':
      return { result: 'stale' };
    case 'serverUnavailable':
      throw told;
    case 'serverPartialFail':
      return { result: 'unknown', error: told, counts: true, together: true };
    case 'serverFail':
      return { result: 'failed', error: told, together: true };
    case 'rateLimit':
      return { result: 'failed', error: told };
    case 'accountReadOnly':
    case 'forbidden':
    case 'unknownMethod':
      return { result: 'refused', error: told };
    // Too large, or one item that spoils it for the others.
    default:
      return items > 1 ? null : { result: 'refused', error: told };
  }
};

const status = ({ detail }: TernError): unknown => detail?.['status'];

/**
 * What it means that a set request as a whole failed. Throws on where the server certainly did nothing: that concerns
 * the connection. Else it is unknown; it counts as an attempt unless only a gateway spoke, or Tern itself ended it.
 */
export const outcomeOfRequest = (error: TernError): Outcome => {
  const untouched = ['auth', 'tls', 'rateLimited', 'forbidden', 'notFound'].includes(error.kind);
  if (untouched || error.detail?.['reached'] === false) throw error;
  const counts = error.kind !== 'cancelled' && status(error) !== 502 && status(error) !== 504;
  return { result: 'unknown', error, counts, together: counts };
};
