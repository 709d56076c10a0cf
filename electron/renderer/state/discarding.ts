import { t } from '../strings/en.ts';
import { call } from './line.ts';
import { attempt } from './toasts.ts';
import { offer } from './undo.ts';
import { type Composer, composer, edit, openComposer, stopSaving } from './writing.ts';

/** How long a discarded message can be had back, in ms. */
const BACK_MS = 8_000;

/** Drafts that go when their time is over, by account and id: what keeps them. */
const going = new Map<string, () => void>();

const keyOf = (account: string, draft: string | null): string => `${account}/${draft}`;

/** A draft that is opened again is not discarded. */
export const keepDiscarded = (account: string, draft: string): void => going.get(keyOf(account, draft))?.();

/** The message goes for good only when its time is over: until then it is all there, its files, too. */
const discardLater = (message: Composer): void => {
  const { account, draft } = message;
  const key = keyOf(account, draft);
  const keep = (): void => {
    clearTimeout(timer);
    going.delete(key);
    withdraw();
  };
  const reopen = async (): Promise<void> => {
    keep();
    if (await openComposer(account, message)) edit({});
  };
  const withdraw = offer(t.composer.discarded, reopen, BACK_MS);
  const timer = setTimeout(() => {
    keep();
    if (draft !== null) void attempt(async () => void (await call('drafts.discard', account, { draft })));
  }, BACK_MS);
  going.set(key, keep);
};

/** Gives the message up; for a while it can be had back. */
export const discardDraft = async (): Promise<void> => {
  const before = composer.value;
  await stopSaving();
  const message = composer.value;
  if (!message || message.key !== before?.key) return;
  composer.value = null;
  if (message.draft !== null || before.saved !== 'nothing') discardLater(message);
};
