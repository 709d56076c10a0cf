import type { RemoteIdentity } from '../../../src-shared/remote.ts';
import { textValue as text } from '../values.ts';
import { type JmapClient, type MethodAnswer, must } from './client.ts';
import { addressesOf } from './convert.ts';
import { getSchema, listOf } from './get.ts';

const identityOf = (value: unknown): RemoteIdentity | null => {
  const json = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const remoteId = text(json['id']);
  if (!remoteId) return null;
  return {
    remoteId,
    name: text(json['name']) ?? '',
    email: text(json['email']) ?? '',
    replyTo: addressesOf(json['replyTo']),
    bcc: addressesOf(json['bcc']),
    textSignature: text(json['textSignature']) ?? '',
    htmlSignature: text(json['htmlSignature']) ?? '',
  };
};

/** Who the account may send as (RFC 8621 section 6.1). */
export const readIdentities = async (client: JmapClient, signal: AbortSignal): Promise<RemoteIdentity[]> => {
  const [answer] = await client.call([['Identity/get', { ids: null }]], signal);
  return listOf(must(answer, getSchema, 'Identity/get'), identityOf);
};

/**
 * The identity to send as `from`: the one that was chosen, unless it is gone by now; else the one with that address, else one for its domain, else one without an address, which may
 * send as anybody (as Cyrus's), else the first. Null where there is none.
 */
export const identityFor = (answer: MethodAnswer | undefined, from: string, chosen: string | null): string | null => {
  const identities = listOf(must(answer, getSchema, 'Identity/get'), identityOf);
  if (chosen !== null && identities.some(({ remoteId }) => remoteId === chosen)) return chosen;
  const wanted = from.toLowerCase();
  const domain = `*${wanted.slice(wanted.lastIndexOf('@'))}`;
  const found = [wanted, domain, ''].map((email) => identities.find((each) => each.email.toLowerCase() === email));
  return [...found, identities[0]].find((each) => each !== undefined)?.remoteId ?? null;
};
