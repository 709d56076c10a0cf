import { submitChanges } from '../../src-main/engine/outbox.ts';
import { discardChanges, retryChanges, undoChanges } from '../../src-main/engine/outboxUndo.ts';
import { listMailboxes } from '../../src-main/store/mailboxes.ts';
import { listChanges } from '../../src-main/store/pendingList.ts';
import type { Change } from '../../src-shared/change.ts';
import { asTernError } from '../../src-shared/errors.ts';
import type { Mailbox } from '../../src-shared/model.ts';
import type { Rig } from './rig.ts';

/** Chooses one of these; the same history chooses the same. */
export type Pick = <T>(from: readonly T[]) => T | undefined;
/** What a step does. */
export type Act = (rig: Rig, pick: Pick, amount: number) => void | Promise<void>;

const emailsSeen = (rig: Rig): string[] =>
  rig.raw
    .read((db) => db.all<{ id: number }>('SELECT id FROM emails WHERE is_hidden = 0 ORDER BY id'))
    .map(({ id }) => String(id));

/** Mailboxes in the order of their ids, as lists sort by names that follow from chance. */
const boxesSeen = (rig: Rig): Mailbox[] =>
  rig.raw.read((db) => listMailboxes(db, 'chaos')).toSorted((a, b) => Number(a.id) - Number(b.id));

const some = <T>(pick: Pick, all: readonly T[], amount: number): T[] => [
  ...new Set(Array.from({ length: amount }, () => pick(all)).flatMap((each) => (each === undefined ? [] : [each]))),
];

/** These kinds mean that the call was refused and nothing recorded. */
const refusals: ReadonlySet<string> = new Set(['notFound', 'invalid', 'conflict', 'forbidden', 'unsupported']);

const latest = (rig: Rig): number =>
  rig.raw.read((db) => db.get<{ id: number }>('SELECT coalesce(max(id), 0) AS id FROM pending_changes'))?.id ?? 0;

/** One call of the person's; `loud`: the engine hears of it at once. */
const call = (rig: Rig, loud: boolean, act: () => void): boolean => {
  try {
    act();
  } catch (error) {
    if (!rig.crashed() && !refusals.has(asTernError(error).kind)) rig.wrong.push(`a call failed: ${String(error)}`);
    return false;
  }
  if (loud) rig.engine().changed();
  return true;
};

const submit = (rig: Rig, pick: Pick, ...changes: Change[]): void => {
  call(rig, pick([true, false, false]) === true, () => {
    const { ids } = submitChanges(rig.store(), rig.clock, changes);
    rig.submitted.push(...ids);
    rig.ledger.wants(ids);
  });
};

const onEmails =
  (change: (rig: Rig, pick: Pick, emails: string[]) => Change | undefined): Act =>
  (rig, pick, amount) => {
    const emails = some(pick, emailsSeen(rig), amount);
    const made = emails.length > 0 ? change(rig, pick, emails) : undefined;
    if (made) submit(rig, pick, made);
  };

const keywords = ['$seen', '$flagged', 'work', 'a/b'];
const patchOf = (pick: Pick, names: string[]): Record<string, true | null> =>
  Object.fromEntries(names.map((name) => [name, pick([true, null]) ?? null]));

const undo: Act = (rig, pick, amount) => {
  const ids = some(pick, rig.submitted.slice(-4), amount > 4 ? 2 : 1);
  const before = latest(rig);
  call(rig, pick([true, false]) === true, () => {
    undoChanges(rig.store(), rig.clock, ids);
    const made = Array.from({ length: latest(rig) - before }, (_, index) => String(before + 1 + index));
    rig.submitted.push(...made);
    rig.ledger.wants(made);
  });
};

const listed = (rig: Rig, states: string[]): string[] =>
  rig.raw
    .read((db) => listChanges(db, 'chaos'))
    .filter(({ state }) => states.includes(state))
    .map(({ id }) => id);

/** What the person can do. */
export const person: Record<string, Act> = {
  keywords: onEmails((_, pick, emails) => ({
    type: 'keywords',
    emails,
    patch: patchOf(pick, some(pick, keywords, 2)),
  })),
  flip: onEmails((_, pick, emails) => ({ type: 'keywords', emails, patch: patchOf(pick, ['$seen']) })),
  mailboxes: onEmails((rig, pick, emails) => {
    const boxes = boxesSeen(rig).map(({ id }) => id);
    const patch = patchOf(pick, some(pick, boxes, 2));
    return Object.keys(patch).length > 0 ? { type: 'mailboxes', emails, patch } : undefined;
  }),
  into: onEmails((rig, pick, emails) => {
    const [to, from] = [pick(boxesSeen(rig))?.id, pick(boxesSeen(rig))?.id];
    if (to === undefined || from === undefined || to === from) return undefined;
    return { type: 'mailboxes', emails, patch: { [to]: true, [from]: null } };
  }),
  move: onEmails((_, pick, emails) => {
    return { type: 'move', emails, role: pick(['inbox', 'archive', 'junk', 'trash'] as const) ?? 'inbox' };
  }),
  delete: onEmails((_, _pick, emails) => ({ type: 'delete', emails })),
  destroy: onEmails((_, _pick, emails) => ({ type: 'destroy', emails: emails.slice(0, 2) })),
  createMailbox: (rig, pick) => {
    const parent = pick([undefined, undefined, ...boxesSeen(rig).map(({ id }) => id)]);
    const name = pick(['twin', `mine ${rig.next()}`]) ?? 'twin';
    submit(rig, pick, { type: 'mailbox', op: 'create', name, ...(parent === undefined ? {} : { parent }) });
  },
  createAndFill: (rig, pick, amount) => {
    submit(rig, pick, { type: 'mailbox', op: 'create', name: `filled ${rig.next()}` });
    const box = boxesSeen(rig).at(-1)?.id;
    const emails = some(pick, emailsSeen(rig), amount);
    if (box !== undefined && emails.length > 0)
      submit(rig, pick, { type: 'mailboxes', emails, patch: { [box]: true } });
  },
  renameMailbox: (rig, pick) => {
    const mailbox = pick(boxesSeen(rig))?.id;
    if (mailbox !== undefined)
      submit(rig, pick, { type: 'mailbox', op: 'rename', mailbox, name: `my name ${rig.next()}` });
  },
  moveMailbox: (rig, pick) => {
    const [mailbox, parent] = [pick(boxesSeen(rig))?.id, pick([null, ...boxesSeen(rig).map(({ id }) => id)]) ?? null];
    if (mailbox !== undefined) submit(rig, pick, { type: 'mailbox', op: 'rename', mailbox, parent });
  },
  deleteMailbox: (rig, pick) => {
    const mailbox = pick(
      boxesSeen(rig).filter(({ role }) => role === null || role === 'archive' || role === 'junk'),
    )?.id;
    const onDestroyRemoveEmails = pick([true, true, false]) ?? true;
    if (mailbox !== undefined) submit(rig, pick, { type: 'mailbox', op: 'delete', mailbox, onDestroyRemoveEmails });
  },
  undo,
  discard: (rig, pick) => {
    const ids = some(pick, listed(rig, ['queued', 'uncertain', 'failed']), 1);
    call(rig, false, () => void discardChanges(rig.store(), ids));
  },
  retry: (rig, pick, amount) => {
    const ids = some(pick, listed(rig, ['failed', 'queued']), amount > 3 ? 2 : 1);
    const failed = ids.filter((id) => listed(rig, ['failed']).includes(id));
    call(rig, pick([true, false]) === true, () => {
      retryChanges(rig.store(), rig.clock, ids);
      rig.ledger.wants(failed, true);
    });
  },
};
