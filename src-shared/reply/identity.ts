import { emailKey } from '../address.ts';
import type { Address, Email } from '../model.ts';
import type { RemoteIdentity } from '../remote.ts';

/** Who a person can send as. `email` may be `*@domain`: any address of it. `htmlSignature` is safe to show. */
export type Identity = Omit<RemoteIdentity, 'remoteId'> & { id: string };

/** An identity, and the address to write from: its own, or the one that was written to. */
export type Chosen = { identity: Identity; email: string };

const isAny = ({ email }: Identity): boolean => email.startsWith('*@');
const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1);
const emailsOf = (addresses: readonly Address[]): string[] => addresses.map(({ email }) => email);

/** The person's own addresses, as `emailKey` has them. Of `*@domain` nobody knows whose else they are. */
export const ownKeys = (identities: readonly Identity[]): Set<string> =>
  new Set(identities.filter((identity) => !isAny(identity)).map(({ email }) => emailKey(email)));

const named = (identities: readonly Identity[], emails: readonly string[]): Chosen | null => {
  for (const email of emails) {
    const identity = identities.find((each) => !isAny(each) && emailKey(each.email) === emailKey(email));
    if (identity) return { identity, email: identity.email };
  }
  return null;
};

/** An address of `*@domain`, if it is the only one of that domain there: of several nobody knows which is one's own. */
const anyOf = (identities: readonly Identity[], emails: readonly string[]): Chosen | null => {
  for (const identity of identities.filter(isAny)) {
    const domain = domainOf(emailKey(`x@${domainOf(identity.email)}`));
    const keys = new Set(emails.map(emailKey).filter((key) => key.includes('@') && domainOf(key) === domain));
    const email = emails.find((each) => keys.has(emailKey(each)));
    if (keys.size === 1 && email !== undefined) return { identity, email };
  }
  return null;
};

/**
 * Who answers an email: who wrote it, where that was oneself; else the one it was addressed to, in To, Cc or Bcc, or was
 * delivered to (`delivered`: Delivered-To, as far as it is known); else the first. Null where there is none that has an
 * address.
 */
export const answering = (
  email: Pick<Email, 'from' | 'to' | 'cc' | 'bcc'>,
  identities: readonly Identity[],
  delivered: readonly string[],
): Chosen | null => {
  const addressed = [...emailsOf(email.to), ...emailsOf(email.cc), ...emailsOf(email.bcc)];
  const first = identities.find((identity) => !isAny(identity));
  return (
    named(identities, emailsOf(email.from)) ??
    named(identities, [...addressed, ...delivered]) ??
    anyOf(identities, delivered) ??
    anyOf(identities, addressed) ??
    (first ? { identity: first, email: first.email } : null)
  );
};
