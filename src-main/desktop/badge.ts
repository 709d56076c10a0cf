import type { Clock } from '../lib/clock.ts';
import type { Drain } from './drain.ts';

type Parts = { clock: Clock; drain: Drain; isWanted: () => boolean; show: (unread: number) => void };

/** In ms: counters are read again so long after something changed. */
const SETTLE_MS = 500;

/** Keeps the number of emails in all inboxes that nobody read, where it is wanted; the answer is called when something changed. */
export const createBadge = ({ clock, drain, isWanted, show }: Parts): (() => void) => {
  let isCounting = false;
  const count = async (): Promise<void> => {
    isCounting = false;
    if (!isWanted()) return;
    const { accounts } = await drain.ask('accounts.list', null, {}, drain.over);
    show(accounts.reduce((sum, { unread }) => sum + unread, 0));
  };
  return () => {
    if (isCounting) return;
    isCounting = true;
    clock.after(SETTLE_MS, () => void count().catch(() => undefined));
  };
};
