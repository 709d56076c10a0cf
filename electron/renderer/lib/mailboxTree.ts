import type { Mailbox } from '../../../src-shared/model.ts';

/** All mailboxes below one of them, at any depth: they go with it. */
export const mailboxesBelow = (all: readonly Mailbox[], { id, account }: Mailbox): Mailbox[] =>
  all
    .filter((each) => each.account === account && each.parentId === id)
    .flatMap((child) => [child, ...mailboxesBelow(all, child)]);
