import * as z from 'zod';
import { stateOf } from './changes.ts';
import { keywordPattern } from './emailSet.ts';
import { errorArguments, methodError, parseArguments } from './methodError.ts';
import type { Fields } from './model.ts';
import { readRaw } from './rawMail.ts';
import { resolveId, setError } from './set.ts';
import type { Site } from './site.ts';

const trues = z.record(z.string(), z.literal(true));
const schema = z.strictObject({
  accountId: z.string(),
  ifInState: z.string().nullish(),
  emails: z.record(
    z.string(),
    z.strictObject({
      blobId: z.string(),
      mailboxIds: trues,
      keywords: trues.optional(),
      receivedAt: z.iso.datetime().nullish(),
    }),
  ),
});
type Import = z.infer<typeof schema>['emails'][string];

const sameBytes = ({ store }: Site, bytes: Buffer): string | null => {
  for (const { id, mail } of store.emails.values()) if (mail.raw?.equals(bytes)) return id;
  return null;
};

/** Makes an email of an uploaded message, or throws why not. Equal bytes are one email, as on Cyrus. */
const importOne = (site: Site, wanted: Import, createdIds: ReadonlyMap<string, string>): Fields => {
  const { store, outgoing, faults } = site;
  const bytes = outgoing.blobs.get(wanted.blobId);
  if (!bytes) throw methodError('blobNotFound', { notFound: [wanted.blobId] });
  const mailboxIds = Object.keys(wanted.mailboxIds).map((id) => resolveId(id, createdIds));
  const strange = mailboxIds.length === 0 || mailboxIds.some((id) => !store.mailboxes.has(id));
  if (strange) throw setError('invalidProperties', ['mailboxIds']);
  const keywords = Object.keys(wanted.keywords ?? {});
  if (keywords.some((name) => !keywordPattern.test(name))) throw setError('invalidProperties', ['keywords']);
  const existingId = faults.doubleImports ? null : sameBytes(site, bytes);
  if (existingId !== null) throw methodError('alreadyExists', { existingId });
  const mail = readRaw(bytes);
  if (!mail) throw setError('invalidEmail');
  const [id = ''] = store.addEmails([
    { ...mail, mailboxIds, keywords, receivedAt: new Date(wanted.receivedAt ?? site.now()) },
  ]);
  const { threadId } = store.emails.get(id) ?? {};
  return { id, blobId: `G${id}`, threadId, size: bytes.length };
};

/** Email/import (RFC 8621 section 4.8). */
export const importEmails = (site: Site, args: Fields, createdIds: Map<string, string>): Fields => {
  const { accountId, ifInState = null, emails } = parseArguments(site, schema, args);
  const oldState = stateOf(site, 'Email');
  if (ifInState !== null && ifInState !== oldState) throw methodError('stateMismatch');
  const [created, notCreated]: [Fields, Fields] = [{}, {}];
  for (const [creationId, wanted] of Object.entries(emails)) {
    const refusal = site.faults.refuseItems?.('Email/import', creationId, wanted);
    try {
      if (refusal) notCreated[creationId] = refusal;
      else created[creationId] = importOne(site, wanted, createdIds);
    } catch (thrown) {
      const error = errorArguments(thrown);
      if (!error) throw thrown;
      notCreated[creationId] = error;
    }
  }
  return { accountId, oldState, newState: stateOf(site, 'Email'), created, notCreated };
};
