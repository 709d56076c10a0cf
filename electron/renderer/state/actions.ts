import type { CallInput } from '../../../src-shared/contract.ts';
import type { EmailHead } from '../../../src-shared/model.ts';
import { emailKey, rowKey } from '../lib/keys.ts';
import { t } from '../strings/en.ts';
import { mailboxes, mailboxesWithRole } from './accounts.ts';
import { call } from './line.ts';
import { list, picked, rows } from './list.ts';
import { cover, type Patch } from './overlay.ts';
import { shownMailboxes, shownRole } from './places.ts';
import { attempt } from './toasts.ts';
import { offerUndo } from './undo.ts';

type Change = CallInput<'changes.submit'>['changes'][number];

/** What is done to conversations: what shows at once, which of their emails it is about, and the changes it comes to. */
type Deed = {
  patch: Patch;
  about: (email: EmailHead) => boolean;
  changes: (account: string, emails: string[]) => Change[];
  /** What is said of it, with an undo; null: nothing. */
  said: string | null;
};

const emailsOf = async (row: EmailHead): Promise<EmailHead[]> =>
  row.threadSize === 1 ? [row] : (await call('threads.get', row.account, { thread: row.threadId })).emails;

const submit = async (targets: readonly EmailHead[], deed: Deed): Promise<Map<string, string[]>> => {
  const groups = Map.groupBy(targets, ({ account }) => account);
  const done = new Map<string, string[]>();
  for (const [account, some] of groups) {
    const emails = (await Promise.all(some.map(emailsOf))).flat().filter(deed.about);
    const ids = [...new Set(emails.map(({ id }) => id))];
    if (ids.length === 0) continue;
    const changes = deed.changes(account, ids);
    if (changes.length > 0) done.set(account, (await call('changes.submit', account, { changes })).ids);
  }
  return done;
};

const submitTo = async (account: string, changes: Change[]): Promise<Map<string, string[]>> =>
  new Map([[account, (await call('changes.submit', account, { changes })).ids]]);

/** Does it to these conversations: shown at once, then recorded, then the list is true by itself. */
const act = (targets: readonly EmailHead[], deed: Deed): Promise<void> =>
  attempt(async () => {
    if (targets.length === 0) return;
    const uncover = cover(targets.map(rowKey), deed.patch);
    if (deed.patch.hidden) picked.value = new Set();
    try {
      const made = submit(targets, deed);
      if (deed.said !== null) offerUndo(deed.said, made);
      await made;
      await list.value.refresh();
    } finally {
      uncover();
    }
  });

const isShown = (email: EmailHead): boolean => {
  const shown = shownMailboxes(email.account);
  return shown === null || Object.keys(email.mailboxIds).some((id) => shown.has(id));
};

const isIn = (email: EmailHead, role: string): boolean =>
  mailboxesWithRole(email.account, role).some((id) => email.mailboxIds[id]);

/** Moves into the mailbox with a role: archive, junk, inbox. */
export const moveToRole = (targets: readonly EmailHead[], role: 'archive' | 'junk' | 'inbox'): Promise<void> => {
  // What was only sent or begun stays where it is: archiving a conversation is about what came in.
  const about = (email: EmailHead): boolean =>
    isShown(email) && (shownRole() !== null || role !== 'archive' || isIn(email, 'inbox'));
  return act(targets, {
    patch: shownRole() === role ? {} : { hidden: shownMailboxes(targets[0]?.account ?? '') !== null },
    about,
    changes: (_, emails) => [{ type: 'move', emails, role }],
    said: t.done.moved(targets.length, t.roles[role] ?? role),
  });
};

/** Deletes: into Trash, and for good what is there already. */
export const remove = (targets: readonly EmailHead[]): Promise<void> =>
  act(targets, {
    patch: { hidden: true },
    about: (email) => isShown(email) && (shownRole() === 'trash' || !isIn(email, 'trash')),
    changes: (_, emails) => [{ type: 'delete', emails }],
    said: shownRole() === 'trash' ? null : t.done.deleted(targets.length),
  });

/** Moves into a mailbox of the same account, out of those that are shown. */
export const moveTo = (targets: readonly EmailHead[], mailbox: string): Promise<void> => {
  const to = mailboxes.value.find(({ id }) => id === mailbox);
  const own = targets.filter(({ account }) => account === to?.account);
  return act(own, {
    patch: { hidden: shownMailboxes(to?.account ?? '') !== null },
    about: isShown,
    changes: (account, emails) => {
      const from = [...(shownMailboxes(account) ?? mailboxesWithRole(account, 'inbox'))].filter((id) => id !== mailbox);
      return [
        { type: 'mailboxes', emails, patch: { ...Object.fromEntries(from.map((id) => [id, null])), [mailbox]: true } },
      ];
    },
    said: t.done.moved(own.length, to?.name ?? ''),
  });
};

/** Makes a mailbox at the top of an account; answers its id. */
export const createMailbox = async (account: string, name: string): Promise<string> => {
  const changes: Change[] = [{ type: 'mailbox', op: 'create', name }];
  const made = await call('changes.submit', account, { changes });
  mailboxes.value = (await call('mailboxes.list', null, {})).mailboxes;
  return made.mailboxes?.['0'] ?? '';
};

/** Renames or deletes a mailbox. */
export const changeMailbox = (account: string, change: Extract<Change, { type: 'mailbox' }>): Promise<void> =>
  attempt(async () => {
    const made = submitTo(account, [change]);
    offerUndo(t.done.mailbox, made);
    await made;
  });

/** Marks as read or unread. Of what is opened nothing is said. */
export const markSeen = (targets: readonly EmailHead[], seen: boolean, quietly = false): Promise<void> =>
  act(targets, {
    patch: { seen },
    about: (email) => (email.keywords['$seen'] === true) !== seen,
    changes: (_, emails) => [{ type: 'keywords', emails, patch: { $seen: seen || null } }],
    said: quietly ? null : t.done.seen(targets.length, seen),
  });

/** Stars conversations by their newest email, or takes the stars of all of it away. */
export const markFlagged = (targets: readonly EmailHead[], flagged: boolean): Promise<void> => {
  const newest = new Set(targets.map(({ account, id }) => emailKey({ account, id })));
  return act(targets, {
    patch: { flagged },
    about: (email) => (flagged ? newest.has(emailKey(email)) : email.keywords['$flagged'] === true),
    changes: (_, emails) => [{ type: 'keywords', emails, patch: { $flagged: flagged || null } }],
    said: t.done.flagged(targets.length, flagged),
  });
};

/** Stars one email of a conversation, or takes its star away. */
export const markEmailFlagged = (email: EmailHead, flagged: boolean): Promise<void> =>
  attempt(async () => {
    const uncover = cover([emailKey(email)], { flagged });
    try {
      const changes: Change[] = [{ type: 'keywords', emails: [email.id], patch: { $flagged: flagged || null } }];
      const made = submitTo(email.account, changes);
      offerUndo(t.done.flagged(1, flagged), made);
      await made;
      await list.value.refresh();
    } finally {
      uncover();
    }
  });

/** Picks rows out by a rule. */
export const pickWhere = (rule: (row: EmailHead) => boolean): void => {
  picked.value = new Set(rows.value.all().filter(rule).map(rowKey));
};
