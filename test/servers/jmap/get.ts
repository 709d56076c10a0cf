import { getStateOf } from './changes.ts';
import { methodError } from './methodError.ts';
import type { ChangeType, Fields } from './model.ts';
import { shuffled } from './random.ts';
import type { Site } from './site.ts';

/** What a type brings to Foo/get. */
export type GetSource<T> = {
  type: ChangeType;
  objects: ReadonlyMap<string, T>;
  /** False where `ids: null` may list more than maxObjectsInGet. */
  limitAll: boolean;
  show: (object: T) => Fields;
};

/** Answers Foo/get (RFC 8620 section 5.1). */
export const answerGet = <T>(site: Site, accountId: string, ids: string[] | null, source: GetSource<T>): Fields => {
  const asked = ids === null ? null : [...new Set(ids)];
  const count = asked?.length ?? (source.limitAll ? source.objects.size : 0);
  if (count > site.limits.maxObjectsInGet) throw methodError('requestTooLarge');
  const list: Fields[] = [];
  const notFound: string[] = [];
  for (const id of asked ?? source.objects.keys()) {
    const object = source.objects.get(id);
    if (object === undefined) notFound.push(id);
    else list.push(source.show(object));
  }
  return {
    accountId,
    state: getStateOf(site, source.type, list.length),
    list: site.faults.shuffleGets ? shuffled(list, list.length) : list,
    notFound,
  };
};

/** Lays a test's own values over what would be answered, for those properties that were asked for. */
export const overlay = (shown: Fields, override: Fields | null): Fields => {
  if (!override) return shown;
  for (const [name, value] of Object.entries(override)) {
    if (!Object.hasOwn(shown, name)) continue;
    if (value === undefined) delete shown[name];
    else shown[name] = value;
  }
  return shown;
};
