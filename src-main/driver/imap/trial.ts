import type { ImapConfig } from '../../../src-shared/model.ts';
import type { SignIn } from '../access.ts';
import { connect } from './connection.ts';

/** Connects and signs in; answers what the server can (RFC 9051 section 6.1.1). Throws as `connect` does. */
export const tryImap = async (
  server: ImapConfig['imap'],
  credential: SignIn,
  signal: AbortSignal,
): Promise<string[]> => {
  const connection = await connect(server, credential, signal);
  const capabilities = [...connection.client.capabilities.keys()];
  connection.close();
  return capabilities;
};
