import type { StoredEmail } from './model.ts';

/** Keeps emails newest first; of equal dates the one delivered last comes first. */
export type Order = {
  add(email: StoredEmail): void;
  /** Says that emails went. */
  removed(): void;
  sorted: () => readonly StoredEmail[];
};

/** An order over `emails` that catches up when it is asked for; the bulk is sorted already, so that is cheap. */
export const createOrder = (emails: ReadonlyMap<string, StoredEmail>): Order => {
  let order: StoredEmail[] = [];
  let added: StoredEmail[] = [];
  let stale = false;
  return {
    add(email) {
      added.push(email);
    },
    removed() {
      stale = true;
    },
    sorted() {
      if (added.length > 0) {
        order = [...added.toReversed(), ...order];
        order.sort((a, b) => b.receivedAt - a.receivedAt || b.seq - a.seq);
        added = [];
      }
      if (stale) order = order.filter((email) => emails.has(email.id));
      stale = false;
      return order;
    },
  };
};
