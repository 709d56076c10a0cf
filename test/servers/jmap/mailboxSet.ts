import * as z from 'zod';
import { showMailbox } from './mailboxMethods.ts';
import { hasChild, hasTwin, isWithin, type MailboxChange } from './mailboxSteps.ts';
import { parseArguments, wrongNames } from './methodError.ts';
import type { Fields, StoredMailbox } from './model.ts';
import { applyPatch } from './patch.ts';
import { hasRight, type Right } from './rights.ts';
import { answerSet, resolveId, setArguments, setError } from './set.ts';
import { mailAccountCapability, type Site } from './site.ts';
import type { Store } from './store.ts';

const schema = z.strictObject({ ...setArguments, onDestroyRemoveEmails: z.boolean().default(false) });

/** A name that fits: RFC 8621 section 2 has at least one character, none of them a control. */
const nameSchema = z
  .string()
  .regex(/^\P{Cc}+$/u)
  .refine((name) => Buffer.byteLength(name) <= mailAccountCapability.maxSizeMailboxName);
const changeSchema = z.strictObject({
  name: nameSchema,
  parentId: z.string().nullable().default(null),
  sortOrder: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(0),
  isSubscribed: z.boolean().default(true),
});
const newSchema = changeSchema.extend({ role: z.string().nullable().default(null) });

/** What of a mailbox the client may set, checked; whatever else it names is an invalid property. */
const parseProperties = <T>(propertiesSchema: z.ZodType<T>, object: Fields): T => {
  const parsed = propertiesSchema.safeParse(object);
  if (parsed.success) return parsed.data;
  throw setError('invalidProperties', wrongNames(parsed.error));
};

const demand = (mailbox: StoredMailbox, right: Right): void => {
  if (!hasRight(mailbox, right)) throw setError('forbidden');
};

/** Refuses a place that is not there, is below the mailbox itself, or has another mailbox of that name. */
const demandPlace = ({ mailboxes }: Store, name: string, parentId: string | null, id: string | null): void => {
  const parent = parentId === null ? null : mailboxes.get(parentId);
  if (parent === undefined) throw setError('invalidProperties', ['parentId']);
  if (id !== null && isWithin(mailboxes, parentId, id)) throw setError('invalidProperties', ['parentId']);
  if (parent && mailboxes.get(id ?? '')?.parentId !== parentId) demand(parent, 'mayCreateChild');
  if (hasTwin(mailboxes, name, parentId, id)) throw setError('invalidProperties', ['name']);
};

const changeOf = (mailbox: StoredMailbox, patch: Fields, createdIds: ReadonlyMap<string, string>): MailboxChange => {
  const { name, parentId, sortOrder, isSubscribed } = mailbox;
  const next = parseProperties(changeSchema, applyPatch({ name, parentId, sortOrder, isSubscribed }, patch));
  return { ...next, parentId: next.parentId === null ? null : resolveId(next.parentId, createdIds) };
};

const createMailbox = (store: Store, object: Fields, createdIds: ReadonlyMap<string, string>) => {
  const wanted = parseProperties(newSchema, object);
  const parentId = wanted.parentId === null ? null : resolveId(wanted.parentId, createdIds);
  demandPlace(store, wanted.name, parentId, null);
  const taken = [...store.mailboxes.values()].some(({ role }) => role !== null && role === wanted.role);
  if (taken) throw setError('invalidProperties', ['role']);
  const id = store.addMailbox({ ...wanted, parentId });
  const mailbox = store.mailboxes.get(id);
  const shown = Object.entries(mailbox ? showMailbox(mailbox, null) : {});
  return { ...Object.fromEntries(shown.filter(([property]) => !Object.hasOwn(object, property))), id };
};

const destroyMailbox = (store: Store, mailbox: StoredMailbox, andEmails: boolean): void => {
  const { id } = mailbox;
  if (hasChild(store.mailboxes, id)) throw setError('mailboxHasChild');
  demand(mailbox, 'mayDelete');
  const holds = [...store.emails.values()].some(({ mailboxIds }) => mailboxIds.includes(id));
  if (holds && !andEmails) throw setError('mailboxHasEmail');
  store.removeMailbox(id);
};

/** New mailboxes in an order in which each parent comes before its children (RFC 8620 section 5.3). */
const parentsFirst = (create: Record<string, Fields>): Record<string, Fields> => {
  const depthOf = (creationId: string, seen: readonly string[] = []): number => {
    const parent = create[creationId]?.['parentId'];
    if (typeof parent !== 'string' || !parent.startsWith('#') || seen.includes(creationId)) return seen.length;
    return depthOf(parent.slice(1), [...seen, creationId]);
  };
  return Object.fromEntries(Object.entries(create).toSorted(([a], [b]) => depthOf(a) - depthOf(b)));
};

/** Ids in an order in which each mailbox goes before its parent, so that a whole tree can go at once. */
const childrenFirst = ({ mailboxes }: Store, ids: readonly string[]): string[] => {
  const depthOf = (id: string | null): number => (id === null ? 0 : 1 + depthOf(mailboxes.get(id)?.parentId ?? null));
  return ids.toSorted((a, b) => depthOf(b) - depthOf(a));
};

/** Mailbox/set (RFC 8621 section 2.5). */
export const setMailboxes = (site: Site, args: Fields, createdIds: Map<string, string>): Fields => {
  const { store } = site;
  const { onDestroyRemoveEmails, ...rest } = parseArguments(site, schema, args);
  const mailboxOf = (id: string): StoredMailbox => {
    const mailbox = store.mailboxes.get(id);
    if (!mailbox) throw setError('notFound');
    return mailbox;
  };
  const ordered = {
    ...rest,
    create: parentsFirst(rest.create ?? {}),
    destroy: childrenFirst(store, rest.destroy ?? []),
  };
  return answerSet(site, ordered, createdIds, {
    type: 'Mailbox',
    create: (object) => createMailbox(store, object, createdIds),
    update(id, patch) {
      const mailbox = mailboxOf(id);
      const next = changeOf(mailbox, patch, createdIds);
      const { name = mailbox.name, parentId = mailbox.parentId } = next;
      if (name !== mailbox.name || parentId !== mailbox.parentId) demand(mailbox, 'mayRename');
      demandPlace(store, name, parentId, id);
      store.changeMailbox(id, next);
    },
    destroy: (id) => destroyMailbox(store, mailboxOf(id), onDestroyRemoveEmails),
  });
};
