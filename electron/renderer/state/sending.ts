import { forgotFile, notSendable } from '../lib/sendable.ts';
import { t } from '../strings/en.ts';
import { ask } from './asking.ts';
import { resume } from './composer.ts';
import { call } from './line.ts';
import { choices } from './settings.ts';
import { attempt, toast } from './toasts.ts';
import { offer } from './undo.ts';
import { type Composer, composer, edit, keep, patch, settleFields } from './writing.ts';

/** What withdraws the offer to take a message back, by its submission. */
const offers = new Map<string, () => void>();

/** Takes a message back, which is a draft again; that is offered no more. Throws where it is too late. */
export const cancelSending = async ({ account, id }: { account: string; id: string }): Promise<void> => {
  await call('submissions.cancel', account, { submission: id });
  const key = `${account}/${id}`;
  offers.get(key)?.();
  offers.delete(key);
};

/** Says what was done, with what takes it back. */
const offerBack = ({ account, draft }: Composer, submission: string, sendAt: Date | undefined): void => {
  const { undoSeconds } = choices.value;
  const back = async (): Promise<void> => {
    await cancelSending({ account, id: submission });
    if (draft !== null) await resume(account, { draft });
  };
  const key = `${account}/${submission}`;
  if (sendAt) offers.set(key, offer(t.composer.scheduled(sendAt), back));
  else if (undoSeconds > 0) offers.set(key, offer(t.composer.sending(undoSeconds), back, undoSeconds * 1000));
  else toast(t.composer.sent);
};

/** Hands the message over. What is written meanwhile would go nowhere: it is out of sight, and comes back if it cannot be sent. */
const handOver = async (message: Composer, draft: string, sendAt: Date | undefined): Promise<void> => {
  composer.value = null;
  try {
    const when = sendAt ? { sendAt: sendAt.toISOString() } : { undoSeconds: choices.value.undoSeconds };
    const { submission } = await call('drafts.send', message.account, { draft, ...when });
    offerBack(message, submission, sendAt);
  } catch (error) {
    composer.value ??= message;
    throw error;
  }
};

/** Sends the message soon, or at a moment. Until then it can be taken back. */
export const send = (sendAt?: Date): Promise<void> =>
  attempt(async () => {
    const rest = settleFields();
    const message = composer.value;
    if (!message) return;
    const refused = notSendable(message, rest, sendAt, new Date());
    if (refused !== null) return patch({ refused });
    if (forgotFile(message) && !(await ask(t.composer.forgot))) return;
    if (composer.value?.key !== message.key) return;
    edit({});
    const isKept = await keep();
    const now = composer.value;
    if (isKept && now?.key === message.key && now.draft !== null) await handOver(now, now.draft, sendAt);
  });
