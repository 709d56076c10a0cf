/** Where an email lies: a mailbox by id, and its UID there. */
export type Place = { mailbox: string; uid: number };

/** A place as text. */
export const keyOf = ({ mailbox, uid }: Place): string => `${uid}@${mailbox}`;

const placeOf = (key: string): Place => {
  const cut = key.indexOf('@');
  return { uid: Number(key.slice(0, cut)), mailbox: key.slice(cut + 1) };
};

/**
 * Where the emails are that were handed out by id. An id is the first place of its email, and stays when we move it; a copy
 * that we make of it is one more place.
 */
export type Places = {
  /** One place at least; throws when we removed the last. */
  of: (id: string) => Place[];
  add(id: string, place: Place): void;
  move(from: Place, to: Place): void;
  remove(place: Place): void;
  /** Names a place: by the id whose first place it is, else by itself. */
  nameOf: (place: Place) => string;
};

/** Knows no email yet: an id that it never saw names its own place. */
export const placesById = (): Places => {
  const held = new Map<string, Place[]>();
  const owners = new Map<string, string>();
  const of = (id: string): Place[] => {
    const known = held.get(id);
    if (known?.length === 0) throw new Error(`notFound: ${id} was removed`);
    if (known) return known;
    const place = placeOf(id);
    held.set(id, [place]);
    owners.set(keyOf(place), id);
    return [place];
  };
  const change = (place: Place, to: Place[]): void => {
    const id = owners.get(keyOf(place));
    owners.delete(keyOf(place));
    if (id === undefined) return;
    for (const each of to) owners.set(keyOf(each), id);
    held.set(
      id,
      (held.get(id) ?? []).flatMap((each) => (keyOf(each) === keyOf(place) ? to : each)),
    );
  };
  return {
    of,
    add: (id, place) => {
      held.set(id, [...of(id), place]);
      owners.set(keyOf(place), id);
    },
    move: (from, to) => change(from, [to]),
    remove: (place) => change(place, []),
    nameOf: (place) => {
      const key = keyOf(place);
      const owner = owners.get(key);
      const [first] = owner === undefined ? [] : of(owner);
      return owner !== undefined && first && keyOf(first) === key ? owner : key;
    },
  };
};
