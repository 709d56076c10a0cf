import type { CallInput } from '../../../src-shared/contract.ts';
import type { EmailHead, Mailbox } from '../../../src-shared/model.ts';
import { emailKey, rowKey } from '../lib/keys.ts';
import { mailboxesBelow } from '../lib/mailboxTree.ts';
import { t } from '../strings/en.ts';
import { accounts, mailboxes, mailboxesWithRole } from './accounts.ts';
import { ask, forGood, type Question } from './asking.ts';
import { call } from './line.ts';
import { list, picked } from './list.ts';
import { cover, type Patch } from './overlay.ts';
import { readWhole } from './pages.ts';
import { type Place, place, placeName, shownMailboxes, shownRole } from './places.ts';
import { asOfNow, type Targets } from './targets.ts';
import { attempt, toast } from './toasts.ts';
import { offerUndo } from './undo.ts';

type Change = CallInput<'changes.submit'>['changes'][number];
/** Ids of changes, by their accounts. */
type Made = ReadonlyMap<string, string[]>;
/** Hears that a deed is begun: at once where the person is asked nothing, never where they say no. */
type Begun = () => void;

/** What is done to conversations: what shows at once, which of their emails it is about, and the changes it comes to. */
type Deed = {
  patch: Patch;
  /** It is about those emails alone that are where the person is; default: about whole conversations. */
  here?: boolean;
  about: (email: EmailHead) => boolean;
  changes: (account: string, emails: string[]) => Change[];
  /** What is said of it; null: nothing. */
  said: string | null;
  /** It cannot be taken back: the person is asked before. */
  isForGood?: boolean;
  begun?: Begun | undefined;
};

/** So many emails are changed by one call. */
const MOST_EMAILS = 10_000;

const submitTo = async (account: string, changes: Change[]): Promise<Made> =>
  new Map([[account, (await call('changes.submit', account, { changes })).ids]]);

const isShown = (email: EmailHead, where: Place): boolean => {
  const shown = shownMailboxes(email.account, where);
  return shown === null || Object.keys(email.mailboxIds).some((id) => shown.has(id));
};

const isIn = (email: EmailHead, ...roles: string[]): boolean =>
  roles.some((role) => mailboxesWithRole(email.account, role).some((id) => email.mailboxIds[id]));

/** The emails of a conversation that are where the person is; where none is, as of one that is open, those that came in. */
const hereOf = (emails: EmailHead[], where: Place): EmailHead[] => {
  const shown = emails.filter((email) => isShown(email, where));
  if (shown.length > 0) return shown;
  const cameIn = emails.filter((email) => !isIn(email, 'sent', 'drafts', 'trash'));
  return cameIn.length > 0 ? cameIn : emails;
};

type Work = Pick<Deed, 'here' | 'about' | 'changes'>;

/** `where`: where the person was as they asked. They may be elsewhere by the time that all is agreed and read. */
const submit = async (targets: Targets, { here = false, about, changes }: Work, where: Place): Promise<Made> => {
  const done = new Map<string, string[]>();
  const all = await targets.emails();
  const meant = here ? [...Map.groupBy(all, rowKey).values()].flatMap((some) => hereOf(some, where)) : all;
  for (const [account, some] of Map.groupBy(meant.filter(about), (email) => email.account)) {
    const emails = [...new Set(some.map(({ id }) => id))];
    for (let from = 0; from < emails.length; from += MOST_EMAILS) {
      const wanted = changes(account, emails.slice(from, from + MOST_EMAILS));
      if (wanted.length === 0) continue;
      const { ids } = await call('changes.submit', account, { changes: wanted });
      done.set(account, [...(done.get(account) ?? []), ...ids]);
    }
  }
  return done;
};

const tell = ({ said, isForGood = false }: Deed, made: Promise<Made>): void => {
  if (said === null) return;
  if (!isForGood) offerUndo(said, made);
  made.then(
    ({ size }) => {
      if (size === 0) toast(t.done.nothing);
      else if (isForGood) toast(said);
    },
    () => undefined,
  );
};

/** What is asked before it is done to these; null: nothing. */
const questionOf = (targets: Targets, { isForGood }: Deed): Question | null => {
  const { sureForGood, sureWhole, goOn } = t.done;
  if (isForGood) return forGood(sureForGood(named(targets)));
  return targets.isWhole ? { ...sureWhole(placeName.value), yes: goOn } : null;
};

/** Does it to these conversations: shown at once, then recorded, then the list is true by itself. */
const act = async (targets: Targets, deed: Deed): Promise<void> => {
  const where = place.value;
  const keys = targets.rows.map(rowKey);
  if (keys.length === 0) return;
  const asked = questionOf(targets, deed);
  const meant = asked ? asOfNow(targets) : targets;
  if (asked && !(await ask(asked))) return;
  const uncover = cover(keys, deed.patch);
  if (deed.patch.hidden) picked.value = new Set([...picked.value].filter((key) => !keys.includes(key)));
  deed.begun?.();
  await attempt(async () => {
    try {
      const made = submit(meant, deed, where);
      tell(deed, made);
      await made;
      await list.value.refresh();
    } finally {
      uncover();
    }
  });
};

/** What texts call them: one by its subject, many by their number. */
const named = (some: Targets): string =>
  some.isWhole ? t.done.whole(placeName.value) : t.done.named(some.rows.length, some.rows[0]?.subject ?? null);

/** Moves into the mailbox with a role: archive, junk, inbox. */
export const moveToRole = (targets: Targets, role: 'archive' | 'junk' | 'inbox', begun?: Begun): Promise<void> => {
  const isAll = shownMailboxes(targets.rows[0]?.account ?? '') === null;
  // Where mail of any mailbox is listed, what was only sent or begun stays: archiving a conversation is about what came in.
  const leaves = (email: EmailHead): boolean =>
    role === 'archive' ? isIn(email, 'inbox') || (!isAll && !isIn(email, 'archive')) : !isIn(email, role);
  return act(targets, {
    patch: shownRole() === role ? {} : { hidden: !isAll },
    here: true,
    about: leaves,
    changes: (_, emails) => [{ type: 'move', emails, role }],
    said: t.done.moved(named(targets), t.roles[role] ?? role),
    begun,
  });
};

/** Deletes: into Trash, and for good what is there already. */
export const remove = (targets: Targets, begun?: Begun): Promise<void> => {
  const isForGood = shownRole() === 'trash';
  return act(targets, {
    patch: { hidden: true },
    here: true,
    about: (email) => isForGood || !isIn(email, 'trash'),
    changes: (_, emails) => [{ type: 'delete', emails }],
    said: isForGood ? t.done.deletedForGood(named(targets)) : t.done.deleted(named(targets)),
    isForGood,
    begun,
  });
};

/** Moves into a mailbox of the same account, out of those that are shown. */
export const moveTo = (targets: Targets, mailbox: string, begun?: Begun): Promise<void> => {
  const to = mailboxes.value.find(({ id }) => id === mailbox);
  const account = to?.account ?? '';
  const shown = shownMailboxes(account);
  const from = [...(shown ?? mailboxesWithRole(account, 'inbox'))].filter((id) => id !== mailbox);
  const isThere = ({ mailboxIds }: EmailHead): boolean =>
    mailboxIds[mailbox] === true && from.every((id) => !mailboxIds[id]);
  const own = { ...targets, rows: targets.rows.filter((row) => row.account === account) };
  if (own.rows.length === 0 && targets.rows.length > 0) toast(t.move.several);
  return act(own, {
    patch: { hidden: shown !== null && !shown.has(mailbox) },
    here: true,
    about: (email) => email.account === account && !isThere(email),
    changes: (_, emails) => [
      { type: 'mailboxes', emails, patch: { ...Object.fromEntries(from.map((id) => [id, null])), [mailbox]: true } },
    ],
    said: t.done.moved(named(own), to?.name ?? ''),
    begun,
  });
};

/** Makes a mailbox within another, or at the top of an account; answers its id. */
export const createMailbox = async (account: string, name: string, parent?: string): Promise<string> => {
  const within = parent === undefined ? {} : { parent };
  const changes: Change[] = [{ type: 'mailbox', op: 'create', name, ...within }];
  const made = await call('changes.submit', account, { changes });
  mailboxes.value = (await call('mailboxes.list', null, {})).mailboxes;
  return made.mailboxes?.['0'] ?? '';
};

/** Gives a mailbox another name. */
export const renameMailbox = ({ account, id, name }: Mailbox, to: string): Promise<void> =>
  attempt(async () => {
    const made = submitTo(account, [{ type: 'mailbox', op: 'rename', mailbox: id, name: to }]);
    offerUndo(t.mailbox.renamed(name, to), made);
    await made;
  });

/** Deletes a mailbox with all that is in it, once the person has seen what that is. Answers whether it did. */
export const deleteMailbox = async (mailbox: Mailbox): Promise<boolean> => {
  const { account, id, name } = mailbox;
  const below = mailboxesBelow(mailboxes.value, mailbox);
  const emails = [mailbox, ...below].reduce((sum, { totalEmails }) => sum + totalEmails, 0);
  const lines = t.mailbox.goes(
    below.map((each) => each.name),
    emails,
  );
  if (!(await ask({ title: t.mailbox.sure(name), lines, yes: t.actions.delete, isDangerous: true }))) return false;
  let isDeleted = false;
  await attempt(async () => {
    await submitTo(account, [{ type: 'mailbox', op: 'delete', mailbox: id, onDestroyRemoveEmails: true }]);
    isDeleted = true;
    toast(t.mailbox.deleted(name));
  });
  return isDeleted;
};

/** Marks as read or unread. Of what is opened nothing is said. */
export const markSeen = (
  targets: Targets,
  seen: boolean,
  { quietly = false, begun }: { quietly?: boolean; begun?: Begun } = {},
): Promise<void> =>
  act(targets, {
    patch: { seen },
    // A draft is not read or unread (RFC 8621 section 2, unreadEmails).
    about: ({ keywords }) => (keywords['$seen'] === true) !== seen && keywords['$draft'] !== true,
    changes: (_, emails) => [{ type: 'keywords', emails, patch: { $seen: seen || null } }],
    said: quietly ? null : t.done.seen(named(targets), seen),
    begun,
  });

/** Stars conversations by their newest email, or takes the stars of all of it away. */
export const markFlagged = (targets: Targets, flagged: boolean): Promise<void> => {
  const newest = new Set(targets.rows.map(emailKey));
  return act(targets, {
    patch: { flagged },
    about: (email) =>
      (email.keywords['$flagged'] === true) !== flagged && (!flagged || targets.isWhole || newest.has(emailKey(email))),
    changes: (_, emails) => [{ type: 'keywords', emails, patch: { $flagged: flagged || null } }],
    said: t.done.flagged(named(targets), flagged),
  });
};

/** Deletes for good what is at the place alone; what is in another mailbox, too, stays there. `targets`: as of one moment. */
const empty = async (targets: Targets, where: Place): Promise<Made> => {
  const here = new Map((accounts.value ?? []).map(({ id }) => [id, [...(shownMailboxes(id, where) ?? [])]]));
  const isElsewhere = ({ account, mailboxIds }: EmailHead): boolean =>
    Object.keys(mailboxIds).some((id) => !here.get(account)?.includes(id));
  const outOf = (account: string) => Object.fromEntries((here.get(account) ?? []).map((id) => [id, null]));
  const takenOut: Work = {
    about: isElsewhere,
    changes: (account, some) => [{ type: 'mailboxes', emails: some, patch: outOf(account) }],
  };
  const destroyed: Work = {
    about: (email) => !isElsewhere(email),
    changes: (_, some) => [{ type: 'destroy', emails: some }],
  };
  return new Map([...(await submit(targets, takenOut, where)), ...(await submit(targets, destroyed, where))]);
};

/** Empties the place, once the person agreed. */
export const emptyPlace = (): Promise<void> => {
  const [here, name] = [place.value, placeName.value];
  const targets = asOfNow({ rows: [], isWhole: true, emails: () => readWhole(here, 'all') });
  return attempt(async () => {
    if (!(await ask(forGood(t.done.sureEmpty(name))))) return;
    const { size } = await empty(targets, here);
    toast(size > 0 ? t.done.emptied(name) : t.done.nothing);
    await list.value.refresh();
  });
};

/** Marks all of the place as read, also what was not read yet of the list. */
export const markPlaceRead = (): Promise<void> => {
  const here = place.value;
  const targets = { rows: [], isWhole: true, emails: () => readWhole(here, 'unread') };
  return attempt(async () => {
    const changes: Work['changes'] = (_, emails) => [{ type: 'keywords', emails, patch: { $seen: true } }];
    const made = submit(targets, { about: () => true, changes }, here);
    offerUndo(t.done.seen(t.done.whole(placeName.value), true), made);
    const { size } = await made;
    if (size === 0) toast(t.done.nothing);
    await list.value.refresh();
  });
};

/** Stars one email of a conversation, or takes its star away. */
export const markEmailFlagged = (email: EmailHead, flagged: boolean): Promise<void> =>
  attempt(async () => {
    const uncover = cover([emailKey(email)], { flagged });
    try {
      const changes: Change[] = [{ type: 'keywords', emails: [email.id], patch: { $flagged: flagged || null } }];
      const made = submitTo(email.account, changes);
      offerUndo(t.done.flagged(t.done.named(1, email.subject), flagged), made);
      await made;
      await list.value.refresh();
    } finally {
      uncover();
    }
  });
