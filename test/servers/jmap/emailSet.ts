import * as z from 'zod';
import type { EmailChange } from './emailSteps.ts';
import { parseArguments } from './methodError.ts';
import type { Fields, StoredEmail } from './model.ts';
import { applyPatch, pathParts } from './patch.ts';
import { hasRight, type Right } from './rights.ts';
import { answerSet, resolveId, setArguments, setError } from './set.ts';
import type { Site } from './site.ts';

const schema = z.strictObject(setArguments);
const trues = z.record(z.string(), z.literal(true));
/** Visible ASCII, without what IMAP cannot have in a keyword (RFC 8621 section 4.1.1). */
export const keywordPattern = /^(?:(?![(){\]%*"\\])[!-~]){1,255}$/;

const asSet = (names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, true]));

/** The names in a set like `keywords`; null in its place is the empty set, its default. */
const namesIn = (result: Fields, property: string): string[] => {
  const parsed = trues.safeParse(result[property] ?? {});
  if (!parsed.success) throw setError('invalidProperties', [property]);
  return Object.keys(parsed.data);
};

/** A patch whose paths name what is stored: keywords in lower case, and ids of mailboxes created a moment ago. */
const plainPatch = (patch: Fields, createdIds: ReadonlyMap<string, string>): Fields => {
  const entries = Object.entries(patch).map(([path, value]): [string, unknown] => {
    const [property, name, ...rest] = path.split('/');
    if (name === undefined || rest.length > 0) return [path, value];
    if (property === 'keywords') return [`keywords/${name.toLowerCase()}`, value];
    return [property === 'mailboxIds' ? `mailboxIds/${resolveId(name, createdIds)}` : path, value];
  });
  return Object.fromEntries(entries);
};

/** What a patch makes of an email, as far as the RFC lets it (RFC 8621 section 4.6). */
const changeOf = (
  { store }: Site,
  email: StoredEmail,
  patch: Fields,
  createdIds: ReadonlyMap<string, string>,
): EmailChange => {
  const fixed = Object.keys(patch)
    .map((path) => pathParts(path)[0] ?? '')
    .filter((property) => property !== 'keywords' && property !== 'mailboxIds');
  if (fixed.length > 0) throw setError('invalidProperties', [...new Set(fixed)]);
  const now = { keywords: asSet(email.keywords), mailboxIds: asSet(email.mailboxIds) };
  const result = applyPatch(now, plainPatch(patch, createdIds));
  const keywords = namesIn(result, 'keywords').map((name) => name.toLowerCase());
  if (keywords.some((name) => !keywordPattern.test(name))) throw setError('invalidProperties', ['keywords']);
  const mailboxIds = namesIn(result, 'mailboxIds').map((id) => resolveId(id, createdIds));
  const strange = mailboxIds.length === 0 || mailboxIds.some((id) => !store.mailboxes.has(id));
  if (strange) throw setError('invalidProperties', ['mailboxIds']);
  return { keywords, mailboxIds };
};

const without = (names: readonly string[], others: readonly string[]): string[] =>
  names.filter((name) => !others.includes(name));

/** Refuses what the user has no right to in one of the mailboxes (RFC 8621 section 2, myRights). */
const demand = ({ store }: Site, mailboxIds: readonly string[], right: Right): void => {
  for (const id of mailboxIds) {
    const mailbox = store.mailboxes.get(id);
    if (mailbox && !hasRight(mailbox, right)) throw setError('forbidden');
  }
};

const demandRights = (site: Site, email: StoredEmail, next: EmailChange): void => {
  demand(site, without(next.mailboxIds, email.mailboxIds), 'mayAddItems');
  demand(site, without(email.mailboxIds, next.mailboxIds), 'mayRemoveItems');
  const turned = [...without(next.keywords, email.keywords), ...without(email.keywords, next.keywords)];
  if (turned.includes('$seen')) demand(site, email.mailboxIds, 'maySetSeen');
  if (turned.some((keyword) => keyword !== '$seen')) demand(site, email.mailboxIds, 'maySetKeywords');
};

/** Email/set (RFC 8621 section 4.6) for mail that is there; it creates nothing. */
export const setEmails = (site: Site, args: Fields, createdIds: Map<string, string>): Fields => {
  const { store, faults } = site;
  const told = <T>(work: () => T): T => (faults.hideOwnChanges ? store.journals.Email.quietly(work) : work());
  const emailOf = (id: string): StoredEmail => {
    const email = store.emails.get(id);
    if (!email) throw setError('notFound');
    return email;
  };
  return answerSet(site, parseArguments(site, schema, args), createdIds, {
    type: 'Email',
    create() {
      throw setError('forbidden');
    },
    update(id, patch) {
      const email = emailOf(id);
      const next = changeOf(site, email, patch, createdIds);
      demandRights(site, email, next);
      told(() => store.changeEmails([id], () => next));
    },
    destroy(id) {
      demand(site, emailOf(id).mailboxIds, 'mayRemoveItems');
      told(() => store.removeEmails([id]));
    },
  });
};
