import { once } from 'node:events';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { TernError } from '../../../src-shared/errors.ts';
import { isLoopback } from '../../../src-shared/hosts.ts';
import type { ImapConfig } from '../../../src-shared/model.ts';
import { abortReason } from '../../lib/async.ts';
import { connectError } from './trouble.ts';

/** Where a server for outgoing mail is. */
export type SmtpServer = ImapConfig['smtp'];

/** Certificates are always verified. */
export const tlsOptions = { rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const;

/** A connection to the server, encrypted where it is from the start. Throws `tls`, `network`, or why it was aborted. */
export const dial = async (server: SmtpServer, signal: AbortSignal): Promise<Socket> => {
  const { host, port, security } = server;
  if (security === 'none' && !isLoopback(host))
    throw new TernError('tls', 'only this very machine may be reached without encryption');
  const isTls = security === 'tls';
  const socket = isTls
    ? connectTls({ host, port, ...tlsOptions, ...(isIP(host) ? {} : { servername: host }) })
    : connectPlain({ host, port });
  // Whoever waits is told otherwise; without a listener an error would end the process.
  socket.on('error', () => undefined);
  try {
    await once(socket, isTls ? 'secureConnect' : 'connect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw signal.aborted ? abortReason(signal) : connectError(server, error);
  }
};
