import type { Truth } from '../servers/mailServer.ts';
import type { Act, Actor, Pick } from './actor.ts';

const some = (pick: Pick, all: string[], amount: number): string[] => [
  ...new Set(Array.from({ length: amount }, () => pick(all)).flatMap((id) => (id === undefined ? [] : [id]))),
];

type Deed = (rig: Actor, truth: Truth, pick: Pick, amount: number) => Promise<unknown>;

/** What another client does; one that cannot be done is not. */
const deed =
  (act: Deed): Act =>
  async (rig, pick, amount) => {
    const truth = await rig.server.truth();
    await rig.ledger.other(() => act(rig, truth, pick, amount).catch(() => undefined));
  };

const touchable = (rig: Actor, { mailboxes }: Truth): string[] =>
  Object.keys(mailboxes).filter((id) => rig.mayTouch(mailboxes[id]?.role ?? null));

const free = (rig: Actor, truth: Truth): string[] => {
  const parents = new Set(Object.values(truth.mailboxes).map(({ parentId }) => parentId));
  const fixed = new Set(['inbox', 'trash']);
  return touchable(rig, truth).filter((id) => !parents.has(id) && !fixed.has(truth.mailboxes[id]?.role ?? ''));
};

/** What other clients can do. */
export const others: Record<string, Act> = {
  deliver: deed(async (rig, truth, pick, amount) => {
    const mailboxIds = some(pick, Object.keys(truth.mailboxes), rig.single ? 1 : 1 + (amount % 2));
    const keywords = pick([[], ['$seen'], ['work']]) ?? [];
    await rig.server.deliver(
      Array.from({ length: Math.min(amount, 2) }, () => ({ mailboxIds, keywords, subject: rig.subject() })),
    );
  }),
  flag: deed(async ({ server }, truth, pick, amount) => {
    const keyword = pick(['$seen', '$flagged', 'work', 'a/b']) ?? '$seen';
    await server.setKeywords(some(pick, Object.keys(truth.emails), amount), { [keyword]: pick([true, null]) ?? null });
  }),
  shift: deed(async ({ server }, truth, pick, amount) => {
    const boxes = Object.keys(truth.mailboxes);
    for (const id of some(pick, Object.keys(truth.emails), amount)) {
      const [to, away] = [pick(boxes), pick(truth.emails[id]?.mailboxIds ?? [])];
      if (to !== undefined && away !== undefined && to !== away)
        await server.setMailboxes([id], { [to]: true, [away]: null });
    }
  }),
  destroyed: deed(async ({ server }, truth, pick) => server.destroy(some(pick, Object.keys(truth.emails), 1))),
  mailboxMade: deed(async (rig, truth, pick) => {
    const parent = pick([undefined, undefined, ...Object.keys(truth.mailboxes)]);
    await rig.server.createMailbox(pick(['twin', `theirs ${rig.next()}`]) ?? 'twin', parent);
  }),
  mailboxRenamed: deed(async (rig, truth, pick) => {
    await rig.server.renameMailbox(pick(touchable(rig, truth)) ?? '', `their name ${rig.next()}`);
  }),
  mailboxMoved: deed(async (rig, truth, pick) => {
    const all = Object.keys(truth.mailboxes);
    await rig.server.moveMailbox(pick(touchable(rig, truth)) ?? '', pick([null, ...all]) ?? null);
  }),
  mailboxDeleted: deed(async (rig, truth, pick) => rig.server.deleteMailbox(pick(free(rig, truth)) ?? '')),
};
