import { TernError } from '../../src-shared/errors.ts';
import type { Page, Place } from '../rpc/workerProtocol.ts';

/** A page of one account's list, by the account. */
export type AccountPage<Row> = { account: string; page: Page<Row> };

/** A place in a merged list: within one moment, accounts come in the order of their ids. */
type MergedPlace = Place & { account: string };

const cursorText = ({ time, rank, account }: MergedPlace): string => `${time}.${rank}.${account}`;

/** Reads a cursor that an earlier page gave out; anything else is `invalid`. */
export const parseCursor = (text: string): MergedPlace => {
  const match = /^(\d{1,16})\.(\d{1,16})\.(.{1,64})$/.exec(text);
  if (!match) throw new TernError('invalid', 'not a cursor of this list', { field: 'after' });
  return { time: Number(match[1]), rank: Number(match[2]), account: String(match[3]) };
};

/** Where an account's own list goes on behind a place of the merged one. */
export const placeFor = (account: string, after: MergedPlace): Place => {
  if (account === after.account) return { time: after.time, rank: after.rank };
  // Of the same moment, accounts before this one were shown whole, those after it not at all.
  return { time: after.time, rank: account < after.account ? 0 : Number.MAX_SAFE_INTEGER };
};

/** One page out of one page of each account: newest first, and the cursor behind its last row. */
export const mergePages = <Row>(pages: AccountPage<Row>[], limit: number): { rows: Row[]; next: string | null } => {
  const all = pages.flatMap(({ account, page }) =>
    page.rows.map((row, index) => ({ row, place: { account, ...(page.places[index] ?? { time: 0, rank: 0 }) } })),
  );
  all.sort(
    ({ place: a }, { place: b }) =>
      b.time - a.time || (a.account < b.account ? -1 : Number(a.account > b.account)) || b.rank - a.rank,
  );
  const shown = all.slice(0, limit);
  const last = shown.at(-1);
  const more = all.length > shown.length || pages.some(({ page }) => page.more);
  return { rows: shown.map(({ row }) => row), next: more && last ? cursorText(last.place) : null };
};
