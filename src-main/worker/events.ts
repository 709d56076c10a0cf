import type { EventData } from '../../src-shared/events.ts';
import type { Clock } from '../lib/clock.ts';
import { type ChangeSet, createChangeSet } from '../store/changeSet.ts';
import type { Store } from '../store/db.ts';
import { addCounts, countOutgoing } from '../store/outgoingCounts.ts';
import { countPending } from '../store/pending.ts';

/** One frame of a 60 Hz screen: a window cannot show more than one change in it. */
const FRAME_MS = 16;
const MOST_IDS = 1000;

type Emit = (name: 'changed', data: EventData<'changed'>) => void;

/**
 * Gathers what commits changed and announces it, at most once per frame, with a growing `seq`. The first event of a run
 * has no lists: what the run before committed, and was killed before it told, has to be read again.
 */
export const createChangeFeed = (account: string, clock: Clock, emit: Emit): ((changed: ChangeSet) => void) => {
  let seq = 1;
  emit('changed', { account, seq });
  let gathered = createChangeSet();
  let scheduled = false;
  const announce = (): void => {
    scheduled = false;
    const changed = gathered;
    gathered = createChangeSet();
    if (isVisible(changed)) emit('changed', { account, seq: ++seq, ...listsOf(changed) });
  };
  return (changed) => {
    gathered.merge(changed);
    if (scheduled) return;
    scheduled = true;
    clock.after(FRAME_MS, announce);
  };
};

const isVisible = ({ mailboxes, threads, emails }: ChangeSet): boolean =>
  mailboxes.size + threads.size + emails.size > 0;

/** Counting a long queue takes some ms: often enough for a badge. */
const PENDING_MS = 100;

/** Announces how many changes are pending, when that changed, at most ten times a second. */
export const createPendingFeed = (
  account: string,
  clock: Clock,
  store: Pick<Store, 'read'>,
  emit: (name: 'pending', data: EventData<'pending'>) => void,
): ((changed: ChangeSet) => void) => {
  let scheduled = false;
  let told = '';
  const announce = (): void => {
    scheduled = false;
    const { queued, inflight, uncertain, failed } = store.read((db) => addCounts(countPending(db), countOutgoing(db)));
    const data = { account, queued: queued + inflight, uncertain, failed };
    if (JSON.stringify(data) === told) return;
    told = JSON.stringify(data);
    emit('pending', data);
  };
  return ({ pendingChanged }) => {
    if (!pendingChanged || scheduled) return;
    scheduled = true;
    clock.after(PENDING_MS, announce);
  };
};

/** Announces that drafts, or what is on its way out, changed: at most once per frame. */
export const createOutgoingFeed = (
  account: string,
  clock: Clock,
  emit: (name: 'outgoing', data: EventData<'outgoing'>) => void,
): ((changed: ChangeSet) => void) => {
  let scheduled = false;
  const announce = (): void => {
    scheduled = false;
    emit('outgoing', { account });
  };
  return ({ outgoingChanged }) => {
    if (!outgoingChanged || scheduled) return;
    scheduled = true;
    clock.after(FRAME_MS, announce);
  };
};

const strings = (ids: Iterable<number>): string[] => [...ids].map(String);

/** The ids by kind; none at all when there are too many to be worth naming. */
const listsOf = ({ mailboxes, threads, emails }: ChangeSet): Omit<EventData<'changed'>, 'account' | 'seq'> => {
  if (mailboxes.size + threads.size + emails.size > MOST_IDS) return {};
  const withFate = (wanted: string): string[] =>
    strings([...emails].flatMap(([id, fate]) => (fate === wanted ? [id] : [])));
  return {
    ...(mailboxes.size === 0 ? {} : { mailboxes: strings(mailboxes) }),
    ...(threads.size === 0 ? {} : { threads: strings(threads) }),
    ...(emails.size === 0
      ? {}
      : { emails: { created: withFate('created'), updated: withFate('updated'), destroyed: withFate('destroyed') } }),
  };
};
