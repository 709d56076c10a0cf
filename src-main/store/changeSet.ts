/** What one transaction, or several, changed of what a person can see, by local id. */
export type ChangeSet = {
  readonly mailboxes: ReadonlySet<number>;
  readonly threads: ReadonlySet<number>;
  readonly emails: ReadonlyMap<number, EmailFate>;
  mailbox(id: number): void;
  thread(id: number): void;
  email(id: number, fate: EmailFate): void;
  /** Something of what is pending changed. */
  pending(): void;
  readonly pendingChanged: boolean;
  /** Something of drafts or of what is being sent changed. */
  outgoing(): void;
  readonly outgoingChanged: boolean;
  /** Adds what a later transaction changed. */
  merge(later: ChangeSet): void;
  isEmpty(): boolean;
};

type EmailFate = 'created' | 'updated' | 'destroyed';

/** An empty change set. Fates compose: created then destroyed is nothing, created then updated is created. */
export const createChangeSet = (): ChangeSet => {
  const mailboxes = new Set<number>();
  const threads = new Set<number>();
  const emails = new Map<number, EmailFate>();
  let pendingChanged = false;
  let outgoingChanged = false;
  const email = (id: number, fate: EmailFate): void => {
    const before = emails.get(id);
    if (before === 'created' && fate === 'destroyed') emails.delete(id);
    else if (before === 'created' && fate === 'updated') return;
    else emails.set(id, fate);
  };
  return {
    mailboxes,
    threads,
    emails,
    mailbox: (id) => void mailboxes.add(id),
    thread: (id) => void threads.add(id),
    email,
    pending: () => {
      pendingChanged = true;
    },
    get pendingChanged() {
      return pendingChanged;
    },
    outgoing: () => {
      outgoingChanged = true;
    },
    get outgoingChanged() {
      return outgoingChanged;
    },
    merge: (later) => {
      pendingChanged ||= later.pendingChanged;
      outgoingChanged ||= later.outgoingChanged;
      for (const id of later.mailboxes) mailboxes.add(id);
      for (const id of later.threads) threads.add(id);
      for (const [id, fate] of later.emails) email(id, fate);
    },
    isEmpty: () => mailboxes.size + threads.size + emails.size === 0 && !pendingChanged && !outgoingChanged,
  };
};
