import * as z from 'zod';
import { answerChanges, stateOf } from './changes.ts';
import { answerGet, overlay } from './get.ts';
import { idSchema, methodError, parseArguments } from './methodError.ts';
import { counterNames, type Fields, type StoredMailbox } from './model.ts';
import { rightsOf } from './rights.ts';
import type { Site } from './site.ts';

const propertyNames = [
  'id',
  'name',
  'parentId',
  'role',
  'sortOrder',
  ...counterNames,
  'myRights',
  'isSubscribed',
] as const;

const getSchema = z.strictObject({
  accountId: z.string(),
  ids: z.array(idSchema).nullish(),
  properties: z.array(z.enum(propertyNames)).nullish(),
});

/** A mailbox as Mailbox/get answers it; null: with all properties. */
export const showMailbox = (mailbox: StoredMailbox, properties: readonly string[] | null): Fields => {
  const { id, name, parentId, role, sortOrder, counters, isSubscribed, override } = mailbox;
  const myRights = rightsOf(mailbox);
  const whole: Fields = { id, name, parentId, role, sortOrder, ...counters, myRights, isSubscribed };
  if (!properties) return overlay(whole, override);
  const wanted = Object.entries(whole).filter(([key]) => key === 'id' || properties.includes(key));
  return overlay(Object.fromEntries(wanted), override);
};

/** Mailbox/get (RFC 8621 section 2.1). */
export const getMailboxes = (site: Site, args: Fields): Fields => {
  const { accountId, ids = null, properties = null } = parseArguments(site, getSchema, args);
  return answerGet(site, accountId, ids, {
    type: 'Mailbox',
    objects: site.store.mailboxes,
    limitAll: site.strictMailboxGet,
    show: (mailbox) => showMailbox(mailbox, properties),
  });
};

/** Mailbox/changes (RFC 8621 section 2.2). */
export const getMailboxChanges = (site: Site, args: Fields): Fields => {
  const { answer, page } = answerChanges(site, 'Mailbox', args);
  return { ...answer, updatedProperties: page.updated.length > 0 && !page.properties ? counterNames : null };
};

const conditionSchema = z.strictObject({
  parentId: idSchema.nullish(),
  name: z.string().optional(),
  role: z.string().nullish(),
  hasAnyRole: z.boolean().optional(),
});

const querySchema = z.strictObject({
  accountId: z.string(),
  filter: z.looseObject({}).nullish(),
  sort: z.array(z.looseObject({ property: z.string(), isAscending: z.boolean().default(true) })).nullish(),
  position: z.int().default(0),
  limit: z.int().min(0).nullish(),
  calculateTotal: z.boolean().default(false),
});

const matches = (mailbox: StoredMailbox, filter: z.infer<typeof conditionSchema>): boolean =>
  (filter.parentId === undefined || filter.parentId === mailbox.parentId) &&
  (filter.role === undefined || filter.role === mailbox.role) &&
  (filter.hasAnyRole === undefined || filter.hasAnyRole === (mailbox.role !== null)) &&
  (filter.name === undefined || mailbox.name.toLowerCase().includes(filter.name.toLowerCase()));

const comparators: Record<string, (a: StoredMailbox, b: StoredMailbox) => number> = {
  sortOrder: (a, b) => a.sortOrder - b.sortOrder,
  name: (a, b) => a.name.localeCompare(b.name),
};

/** Mailbox/query (RFC 8621 section 2.3) with plain conditions and no anchors. */
export const queryMailboxes = (site: Site, args: Fields): Fields => {
  const { accountId, filter, sort, position, limit, calculateTotal } = parseArguments(site, querySchema, args);
  const condition = conditionSchema.safeParse(filter ?? {});
  if (!condition.success) throw methodError('unsupportedFilter');
  const order = (sort ?? []).map(({ property, isAscending }) => {
    const compare = comparators[property];
    if (!compare) throw methodError('unsupportedSort');
    return isAscending ? compare : (a: StoredMailbox, b: StoredMailbox) => compare(b, a);
  });
  const found = [...site.store.mailboxes.values()]
    .filter((mailbox) => matches(mailbox, condition.data))
    .toSorted((a, b) => {
      for (const compare of order) {
        const result = compare(a, b);
        if (result !== 0) return result;
      }
      return a.id < b.id ? -1 : 1;
    });
  const start = position < 0 ? Math.max(0, found.length + position) : position;
  return {
    accountId,
    queryState: stateOf(site, 'Mailbox'),
    canCalculateChanges: false,
    position: start,
    ids: found.slice(start, start + (limit ?? found.length)).map(({ id }) => id),
    ...(calculateTotal ? { total: found.length } : {}),
  };
};
