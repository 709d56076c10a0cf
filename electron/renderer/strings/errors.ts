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

/** A failure in plain words, with what was said of it. */
export const inWords = ({ kind, message }: Pick<WireError, 'kind' | 'message'>): string =>
  message === '' ? errorWords[kind] : `${errorWords[kind]} (${message})`;
