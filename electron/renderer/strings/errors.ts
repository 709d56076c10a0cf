import type { ErrorKind, WireError } from '../../../src-shared/errors.ts';

/** What a kind of failure means to a person, and what helps. */
export const errorWords: Record<ErrorKind, string> = {
  auth: 'The server did not accept the user name and password.',
  tls: 'The server could not prove who it is, so nothing was sent to it.',
  network: 'The server cannot be reached. Is this computer online?',
  server: 'The server answered with an error.',
  rateLimited: 'The server asks to wait a little.',
  conflict: 'That does not go together with what is there already.',
  notFound: 'It is not there any more.',
  forbidden: 'That is not allowed.',
  invalid: 'That is not valid.',
  tooLarge: 'That is too large.',
  quota: 'There is no room left on the server.',
  storage: 'The data on this computer cannot be read or written.',
  cancelled: 'It was stopped.',
  unsupported: 'That is not possible here.',
  bug: 'Something went wrong within Tern.',
};

/** Of these Tern's own words say more than their kind, and nothing besides: they are shown alone. */
const inOwnWords = new Set<ErrorKind>([
  'auth',
  'tls',
  'conflict',
  'notFound',
  'forbidden',
  'invalid',
  'tooLarge',
  'quota',
  'unsupported',
]);

/** What the schema of a call says of its input: nothing for a person. */
const SCHEMA_WORDS = /\b(?:Too (?:big|small)|Invalid (?:input|string|option|key|element)|Unrecognized key)/;

const sentence = (text: string): string => {
  const begun = text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
};

/** A failure in plain words, each thing said once. */
export const inWords = ({ kind, message }: Pick<WireError, 'kind' | 'message'>): string => {
  const words = errorWords[kind];
  if (message === '') return words;
  if (kind === 'invalid' && SCHEMA_WORDS.test(message))
    return /\bToo big\b/.test(message) ? errorWords.tooLarge : words;
  return inOwnWords.has(kind) ? sentence(message) : `${words} (${message})`;
};
