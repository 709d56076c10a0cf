import { type EmailEffect, project } from '../../src-shared/project.ts';

/** How many messages there are of an email, where what is copied becomes another message. */
export type Copies = {
  /** As delivered, copied and destroyed by others: known exactly. */
  readonly others: Map<string, number>;
  /** At most so many more by what the person wanted, and so many fewer. */
  readonly more: Map<string, number>;
  readonly fewer: Map<string, number>;
  /** Emails that others moved: the person may see them where they were. */
  readonly moved: Set<string>;
};

/** Nothing is known yet. */
export const noCopies = (): Copies => ({ others: new Map(), more: new Map(), fewer: new Map(), moved: new Set() });

/** Counts so many more of an email. */
export const addTo = (counts: Map<string, number>, name: string, more: number): void =>
  void counts.set(name, (counts.get(name) ?? 0) + more);

/**
 * How many messages more there can be of an email by what a change does to one of them. What goes into a mailbox without
 * leaving where it is by then is copied: so it may be where another client moved it, where an earlier change is taken back,
 * and where this one is sent again.
 */
export const copiesMade = (effect: EmailEffect, mailboxes: number[], isSure: boolean): number => {
  const after = project({ keywords: [], mailboxes, destroyed: false }, [effect]);
  const into = Object.values(effect.mailboxes ?? {}).filter((on) => on).length;
  return isSure ? Math.max(0, after.mailboxes.length - mailboxes.length) : into;
};
