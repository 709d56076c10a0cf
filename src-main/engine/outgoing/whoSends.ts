import { createHash } from 'node:crypto';
import type { AccountSettings } from '../../../src-shared/accountSettings.ts';
import { emailKey } from '../../../src-shared/address.ts';
import type { Identity } from '../../../src-shared/draft.ts';
import { TernError } from '../../../src-shared/errors.ts';
import type { Address } from '../../../src-shared/model.ts';
import type { Identity as ReplyIdentity } from '../../../src-shared/reply/identity.ts';
import { readAccount } from '../../store/account.ts';
import type { ReadDb } from '../../store/db.ts';
import { readIdentities } from '../../store/identities.ts';
import { readAccountSettings } from '../../store/settings.ts';

/** The identity that an account has by itself. */
const OWN = 'account';

/** Who a message is from. `remoteId`: what the server calls it, null where it knows none. */
export type Sender = { id: string; remoteId: string | null; from: Address; replyTo: Address[]; bcc: Address[] };

/** Everybody the person can send as; the first one unless another is chosen. Never empty. */
export const listIdentities = (db: ReadDb, account: string): Identity[] =>
  everybody(db).map(({ sender, identity }) => ({
    id: sender.id,
    account,
    name: identity.name,
    email: identity.email,
    replyTo: sender.replyTo,
    textSignature: identity.textSignature,
    htmlSignature: identity.htmlSignature,
  }));

/**
 * Who writes a message; undefined where there is no such identity, or no longer. Null: the first one. `from`: of an identity
 * that is any address of a domain, which one.
 */
export const senderOf = (
  db: ReadDb,
  { identity: id, from }: { identity: string | null; from: string | null },
): Sender | undefined => {
  const all = everybody(db);
  const found =
    id === null ? all[0] : (all.find(({ sender }) => sender.id === id) ?? (id === OWN ? toldOne(db, all) : undefined));
  if (!found) return undefined;
  const { email } = found.identity;
  const isOfIt = from !== null && email.startsWith('*@') && from.toLowerCase().endsWith(email.slice(1).toLowerCase());
  return isOfIt ? { ...found.sender, from: { ...found.sender.from, email: from } } : found.sender;
};

/** The one with the account's own address, as the server tells of it: a message may be begun before the server told. */
const toldOne = (db: ReadDb, all: readonly Somebody[]): Somebody | undefined => {
  const own = emailKey(readAccount(db)?.email ?? '');
  return all.find(({ identity }) => emailKey(identity.email) === own) ?? all[0];
};

/** Who writes a message: the first one, where the one that was chosen is gone by now. */
export const anySender = (db: ReadDb, chosen: { identity: string | null; from: string | null }): Sender => {
  const sender = senderOf(db, chosen) ?? senderOf(db, { identity: null, from: null });
  if (!sender) throw new TernError('storage', 'the account is missing from its database');
  return sender;
};

/** Everybody the person can send as, as answers are begun with. Their signatures are as the server or the person has them. */
export const answerers = (db: ReadDb): ReplyIdentity[] =>
  everybody(db).map(({ sender, identity }) => ({
    ...identity,
    id: sender.id,
    replyTo: sender.replyTo,
    bcc: sender.bcc,
  }));

type Signature = AccountSettings['signature'];
type Signatures = { textSignature: string; htmlSignature: string };
type Somebody = { sender: Sender; identity: { name: string; email: string } & Signatures };

const everybody = (db: ReadDb): Somebody[] => {
  const account = readAccount(db);
  const { signature, aliases } = readAccountSettings(db);
  // An address says nothing more where it stands for a name, too.
  const own = { name: account?.name === account?.email ? '' : (account?.name ?? ''), email: account?.email ?? '' };
  const told = readIdentities(db).map((each): Somebody => {
    // Cyrus tells of one identity without a name or an address: whoever signed in.
    const email = each.email === '' ? own.email : each.email;
    const name = each.name === '' && email === own.email ? own.name : each.name;
    const from = { name: name || null, email: email.startsWith('*@') ? addressAt(own.email, email) : email };
    return {
      sender: { id: String(each.id), remoteId: each.remoteId, from, replyTo: each.replyTo, bcc: each.bcc },
      identity: { name, email, ...signatureOf(each, signature) },
    };
  });
  if (told.length > 0) return told;
  const others = aliases.filter(({ email }) => emailKey(email) !== emailKey(own.email));
  return [
    localOne(OWN, own, signature),
    ...others.map((alias) => localOne(aliasId(alias.email), { ...alias, name: alias.name || own.name }, signature)),
  ];
};

const localOne = (id: string, { name, email }: { name: string; email: string }, signature: Signature): Somebody => ({
  sender: { id, remoteId: null, from: { name: name || null, email }, replyTo: [], bcc: [] },
  identity: { name, email, ...signatureOf(undefined, signature) },
});

/** The server's signature of an identity, else the account's own. */
const signatureOf = (told: Signatures | undefined, { text, html }: Signature): Signatures =>
  told?.textSignature || told?.htmlSignature
    ? { textSignature: told.textSignature, htmlSignature: told.htmlSignature }
    : { textSignature: text, htmlSignature: html };

/** The same for an address however often it is entered, so that drafts find it again. */
const aliasId = (email: string): string =>
  `alias-${createHash('sha256').update(emailKey(email)).digest('base64url').slice(0, 22)}`;

/** An identity may be every address of a domain (RFC 8621 section 6): then the account's own name there. */
const addressAt = (own: string, pattern: string): string => `${own.slice(0, own.lastIndexOf('@'))}${pattern.slice(1)}`;
