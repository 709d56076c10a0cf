/** A message that was accepted for somebody. `bytes`: as it came, dots taken away again; empty where they are not kept. */
type Accepted = { messageId: string; from: string; recipient: string; size: number; bytes: Buffer };

/** What a server has taken upon itself. */
export type Ledger = {
  readonly accepted: readonly Accepted[];
  add(entry: Accepted): void;
  /** How often a message was accepted for each of those it was accepted for. */
  counts(messageId: string): Record<string, number>;
  clear(): void;
};

/** A ledger with nothing in it. */
export const createLedger = (): Ledger => {
  const accepted: Accepted[] = [];
  return {
    accepted,
    add: (entry) => {
      accepted.push(entry);
    },
    counts: (messageId) => {
      const counts: Record<string, number> = {};
      for (const each of accepted)
        if (each.messageId === messageId) counts[each.recipient] = (counts[each.recipient] ?? 0) + 1;
      return counts;
    },
    clear: () => {
      accepted.length = 0;
    },
  };
};
