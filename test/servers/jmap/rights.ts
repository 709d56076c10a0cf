import type { Fields, StoredMailbox } from './model.ts';

/** What the user may do with a mailbox (RFC 8621 section 2): everything, but the inbox keeps its name and place. */
export const rightsOf = ({ role }: StoredMailbox) => ({
  mayReadItems: true,
  mayAddItems: true,
  mayRemoveItems: true,
  maySetSeen: true,
  maySetKeywords: true,
  mayCreateChild: true,
  mayRename: role !== 'inbox',
  mayDelete: role !== 'inbox',
  maySubmit: true,
});

/** The name of a right. */
export type Right = keyof ReturnType<typeof rightsOf>;

/** Whether the user has a right; a test takes it away, or gives it, by overriding `myRights`. */
export const hasRight = (mailbox: StoredMailbox, right: Right): boolean => {
  const said = mailbox.override?.['myRights'];
  const own: Fields = typeof said === 'object' && said !== null ? { ...said } : {};
  return (own[right] ?? rightsOf(mailbox)[right]) === true;
};
