import * as z from 'zod';
import { stateOf } from './changes.ts';
import { errorArguments, methodError } from './methodError.ts';
import type { Fields } from './model.ts';
import type { Site } from './site.ts';

const object = z.record(z.string(), z.unknown());

/** The arguments that every Foo/set has (RFC 8620 section 5.3). */
export const setArguments = {
  accountId: z.string(),
  ifInState: z.string().nullish(),
  create: z.record(z.string(), object).nullish(),
  update: z.record(z.string(), object).nullish(),
  destroy: z.array(z.string()).nullish(),
};

type SetArguments = {
  accountId: string;
  ifInState?: string | null | undefined;
  create?: Record<string, Fields> | null | undefined;
  update?: Record<string, Fields> | null | undefined;
  destroy?: string[] | null | undefined;
};

/** What a type brings to Foo/set; each does one item whole, or throws a `setError` and does nothing. */
export type SetTarget = {
  type: 'Email' | 'Mailbox' | 'EmailSubmission';
  /** Answers what the client doesn't know of the new object, its id at least. */
  create(object: Fields): Fields & { id: string };
  update(id: string, patch: Fields): void;
  destroy(id: string): void;
};

/** What to throw where one item of a set cannot be done (RFC 8620 section 5.3). */
export const setError = (type: string, properties?: string[]): Error =>
  methodError(type, properties ? { properties } : {});

const refuseWhole = (site: Site, type: SetTarget['type'], args: SetArguments): void => {
  const { ifInState = null, create, update, destroy } = args;
  const items = Object.keys(create ?? {}).length + Object.keys(update ?? {}).length + (destroy ?? []).length;
  if (items > site.limits.maxObjectsInSet) throw methodError('requestTooLarge');
  const stale = ifInState !== null && ifInState !== stateOf(site, type);
  const { ignoreIfInState, ignoreSubmissionState } = site.faults;
  const ignored = ignoreIfInState || (type === 'EmailSubmission' && ignoreSubmissionState);
  if (stale && !ignored) throw methodError('stateMismatch');
};

/** Does one item, unless a test refuses it; answers its error, or null. */
const attempt = ({ faults }: Site, method: string, id: string, patch: Fields | null, work: () => void) => {
  const refusal = faults.refuseItems?.(method, id, patch);
  if (refusal) return refusal;
  try {
    work();
  } catch (thrown) {
    const error = errorArguments(thrown);
    if (!error) throw thrown;
    return error;
  }
  return faults.partial?.(method, id, patch) ?? null;
};

const orNull = (items: Fields): Fields | null => (Object.keys(items).length > 0 ? items : null);

/** An id, or the one that `#creationId` stands for (RFC 8620 section 5.3). */
export const resolveId = (id: string, createdIds: ReadonlyMap<string, string>): string =>
  (id.startsWith('#') ? createdIds.get(id.slice(1)) : null) ?? id;

/** Creates, updates and destroys in the order of the arguments, each item for itself. */
const doItems = (site: Site, args: SetArguments, createdIds: Map<string, string>, target: SetTarget) => {
  const method = `${target.type}/set`;
  const [created, updated, destroyed]: [Fields, Fields, string[]] = [{}, {}, []];
  const [notCreated, notUpdated, notDestroyed]: [Fields, Fields, Fields] = [{}, {}, {}];
  for (const [creationId, fields] of Object.entries(args.create ?? {})) {
    const error = attempt(site, method, creationId, fields, () => {
      const made = target.create(fields);
      createdIds.set(creationId, made.id);
      created[creationId] = made;
    });
    if (!error) continue;
    delete created[creationId];
    notCreated[creationId] = error;
  }
  const doomed = new Set((args.destroy ?? []).map((id) => resolveId(id, createdIds)));
  for (const [given, patch] of Object.entries(args.update ?? {})) {
    const id = resolveId(given, createdIds);
    const error = attempt(site, method, id, patch, () => {
      if (doomed.has(id)) throw setError('willDestroy');
      target.update(id, patch);
    });
    if (error) notUpdated[id] = error;
    else updated[id] = null;
  }
  for (const id of doomed) {
    const error = attempt(site, method, id, null, () => target.destroy(id));
    if (error) notDestroyed[id] = error;
    else destroyed.push(id);
  }
  return {
    created: orNull(created),
    updated: orNull(updated),
    destroyed: destroyed.length > 0 ? destroyed : null,
    notCreated: orNull(notCreated),
    notUpdated: orNull(notUpdated),
    notDestroyed: orNull(notDestroyed),
  };
};

/** Answers Foo/set (RFC 8620 section 5.3), with null for what is empty, like Cyrus. */
export const answerSet = (
  site: Site,
  args: SetArguments,
  createdIds: Map<string, string>,
  target: SetTarget,
): Fields => {
  refuseWhole(site, target.type, args);
  const oldState = stateOf(site, target.type);
  const done = doItems(site, args, createdIds, target);
  return { accountId: args.accountId, oldState, newState: stateOf(site, target.type), ...done };
};
