import { TernError } from '../../../src-shared/errors.ts';
import { certificateTrouble } from '../serverText.ts';
import type { SmtpServer } from './dial.ts';
import { isDone, isLasting, parseReply, type Reply } from './replies.ts';

/** How people know a server. */
export const placeOf = ({ host, port }: SmtpServer): string => `${host}:${port}`;

/** The connection is gone, and nothing says why. */
export const lostError = (server: SmtpServer): TernError =>
  new TernError('network', `the connection to ${placeOf(server)} was lost`);

/** The server speaks, but not as it should. */
export const nonsense = (server: SmtpServer): TernError =>
  new TernError('server', `${placeOf(server)} does not answer as a server for outgoing mail should`);

/** What a connection that could not be made, or that was lost, means. */
export const connectError = (server: SmtpServer, error: unknown): TernError => {
  if (error instanceof TernError) return error;
  const { code = '', originalCode = code } = error as { code?: string; originalCode?: string };
  if (code === 'EPROTOCOL') return nonsense(server);
  const place = placeOf(server);
  const reason = code === 'ETLS' ? 'STARTTLS failed' : originalCode;
  if (code === 'ETLS' || certificateTrouble.test(originalCode))
    return new TernError('tls', `the secure connection to ${place} cannot be trusted (${reason})`, { cause: error });
  if (code === 'ECONNECTION') return lostError(server);
  const why = originalCode === 'ENOTFOUND' ? 'its name is not known' : originalCode || 'the connection was lost';
  return new TernError('network', `${place} cannot be reached: ${why}`, { cause: error });
};

/** What the library tells of a step that failed before any mail was on its way. */
export const meaningOf = (server: SmtpServer, error: unknown): TernError => {
  if (error instanceof TernError) return error;
  const { response, command = '' } = error as { response?: string; command?: string };
  if (response === undefined) return connectError(server, error);
  const reply = parseReply(response);
  return reply && !isDone(reply) ? refusedAt(server, command, reply) : nonsense(server);
};

const refusedAt = (server: SmtpServer, command: string, reply: Reply): TernError => {
  const place = placeOf(server);
  if (!isLasting(reply)) return new TernError('rateLimited', `${place} takes no mail just now: ${reply.text}`);
  if (command === 'STARTTLS')
    return new TernError('tls', `the secure connection to ${place} cannot be trusted (STARTTLS failed): ${reply.text}`);
  if (command.startsWith('AUTH'))
    return new TernError(
      'auth',
      `the server for outgoing mail refused the user name, password or token: ${reply.text}`,
    );
  return new TernError('server', `${place} does not take mail from here: ${reply.text}`);
};
