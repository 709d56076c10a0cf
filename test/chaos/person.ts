import { listMailboxes } from '../../src-main/store/mailboxes.ts';
import { listChanges } from '../../src-main/store/pendingList.ts';
import type { Change } from '../../src-shared/change.ts';
import { asTernError } from '../../src-shared/errors.ts';
import type { Mailbox } from '../../src-shared/model.ts';
import type { Act, Actor, Pick } from './actor.ts';

const emailsSeen = (rig: Actor): string[] =>
  rig.raw
    .read((db) => db.all<{ id: number }>('SELECT id FROM emails WHERE is_hidden = 0 ORDER BY id'))
    .map(({ id }) => String(id));

/** Mailboxes in the order of their ids, as lists sort by names that follow from chance. */
const boxesSeen = (rig: Actor): Mailbox[] =>
  rig.raw.read((db) => listMailboxes(db, 'chaos')).toSorted((a, b) => Number(a.id) - Number(b.id));

const some = <T>(pick: Pick, all: readonly T[], amount: number): T[] => [
  ...new Set(Array.from({ length: amount }, () => pick(all)).flatMap((each) => (each === undefined ? [] : [each]))),
];

/** With these kinds a call was refused, or cut off by the end of a worker. */
const refusals: ReadonlySet<string> = new Set([
  'notFound',
  'invalid',
  'conflict',
  'forbidden',
  'unsupported',
  'cancelled',
]);

/** One call of the person's; `loud`: the engine hears of it at once. What was recorded is taken down either way. */
const call = async (rig: Actor, loud: boolean, act: () => Promise<string[]>): Promise<void> => {
  try {
    const ids = await act();
    if (loud) rig.mail.tell();
    rig.submitted.push(...ids);
    const stored = rig.ledger.catchUp();
    for (const id of ids) if (!stored.has(id)) rig.wrong.push(`change ${id} was acknowledged and is not stored`);
  } catch (error) {
    rig.ledger.catchUp();
    if (!rig.mayFail() && !refusals.has(asTernError(error).kind)) rig.wrong.push(`a call failed: ${String(error)}`);
  }
};

const submit = (rig: Actor, pick: Pick, ...changes: Change[]): Promise<void> =>
  call(rig, pick([true, false, false]) === true, () => rig.mail.submit(changes));

const onEmails =
  (change: (rig: Actor, pick: Pick, emails: string[]) => Change | undefined): Act =>
  async (rig, pick, amount) => {
    const emails = some(pick, emailsSeen(rig), amount);
    const made = emails.length > 0 ? change(rig, pick, emails) : undefined;
    if (made) await submit(rig, pick, made);
  };

const keywords = ['$seen', '$flagged', 'work', 'a/b'];
const patchOf = (pick: Pick, names: string[]): Record<string, true | null> =>
  Object.fromEntries(names.map((name) => [name, pick([true, null]) ?? null]));

const undoOf =
  (latest: number): Act =>
  async (rig, pick, amount) => {
    const ids = some(pick, rig.submitted.slice(-latest), amount > 4 ? 2 : 1);
    await call(rig, pick([true, false]) === true, async () => {
      const before = rig.ledger.catchUp();
      await rig.mail.undo(ids);
      return [...rig.ledger.catchUp()].filter((id) => !before.has(id));
    });
  };

const listed = (rig: Actor, states: string[]): string[] =>
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
  createMailbox: async (rig, pick) => {
    const parent = pick([undefined, undefined, ...boxesSeen(rig).map(({ id }) => id)]);
    const name = pick(['twin', `mine ${rig.next()}`]) ?? 'twin';
    await submit(rig, pick, { type: 'mailbox', op: 'create', name, ...(parent === undefined ? {} : { parent }) });
  },
  createAndFill: async (rig, pick, amount) => {
    await submit(rig, pick, { type: 'mailbox', op: 'create', name: `filled ${rig.next()}` });
    const box = boxesSeen(rig).at(-1)?.id;
    const emails = some(pick, emailsSeen(rig), amount);
    if (box !== undefined && emails.length > 0)
      await submit(rig, pick, { type: 'mailboxes', emails, patch: { [box]: true } });
  },
  renameMailbox: async (rig, pick) => {
    const mailbox = pick(boxesSeen(rig).filter(({ role }) => rig.mayTouch(role)))?.id;
    const name = `my name ${rig.next()}`;
    if (mailbox !== undefined) await submit(rig, pick, { type: 'mailbox', op: 'rename', mailbox, name });
  },
  moveMailbox: async (rig, pick) => {
    const mailbox = pick(boxesSeen(rig).filter(({ role }) => rig.mayTouch(role)))?.id;
    const parent = pick([null, ...boxesSeen(rig).map(({ id }) => id)]) ?? null;
    if (mailbox !== undefined) await submit(rig, pick, { type: 'mailbox', op: 'rename', mailbox, parent });
  },
  deleteMailbox: async (rig, pick) => {
    const may = boxesSeen(rig).filter(({ role }) => rig.mayTouch(role) && role !== 'inbox' && role !== 'trash');
    const mailbox = pick(may)?.id;
    const onDestroyRemoveEmails = pick([true, true, false]) ?? true;
    if (mailbox !== undefined)
      await submit(rig, pick, { type: 'mailbox', op: 'delete', mailbox, onDestroyRemoveEmails });
  },
  undo: undoOf(4),
  discard: async (rig, pick) => {
    const ids = some(pick, listed(rig, ['queued', 'uncertain', 'failed']), 1);
    if (ids.length > 0) await call(rig, false, () => rig.mail.discard(ids).then(() => []));
  },
  retry: async (rig, pick, amount) => {
    const ids = some(pick, listed(rig, ['failed', 'queued']), amount > 3 ? 2 : 1);
    if (ids.length === 0) return;
    rig.ledger.again(ids);
    await call(rig, pick([true, false]) === true, () => rig.mail.retry(ids).then(() => []));
  },
};

/** The mailboxes in which each email is shown. */
const placesSeen = (rig: Actor): Map<string, string[]> => {
  const rows = rig.raw.read((db) =>
    db.all<{ email: number; mailbox: number }>(
      'SELECT email_id AS email, mailbox_id AS mailbox FROM email_mailboxes ORDER BY email_id, mailbox_id',
    ),
  );
  const places = new Map<string, string[]>();
  for (const { email, mailbox } of rows)
    places.set(String(email), [...(places.get(String(email)) ?? []), String(mailbox)]);
  return places;
};

/** What a person does besides, who puts no mail anywhere without taking it from where they see it. */
export const moves: Record<string, Act> = {
  moveOn: async (rig, pick, amount) => {
    const places = placesSeen(rig);
    const from = places.get(pick([...places.keys()]) ?? '') ?? [];
    const together = [...places].filter(([, boxes]) => boxes.join() === from.join()).map(([email]) => email);
    const to = pick(boxesSeen(rig).filter(({ id }) => !from.includes(id)))?.id;
    if (to === undefined || together.length === 0) return;
    const patch = { ...Object.fromEntries(from.map((box) => [box, null])), [to]: true as const };
    await submit(rig, pick, { type: 'mailboxes', emails: some(pick, together, amount), patch });
  },
  undoAny: undoOf(100),
};
