import type { EmailEffect } from '../../src-shared/project.ts';
import type { WriteDb } from '../store/db.ts';
import { readBase } from '../store/emailState.ts';
import { restage, setError } from '../store/pending.ts';
import { failTarget } from '../store/pendingDropped.ts';
import { type EmailTarget, queuedOf, readTarget, seenAnew, setEffect } from '../store/pendingEmails.ts';

/**
 * Where a message is in one mailbox, one that was to be in another as well was copied there: that is a message of its own,
 * which the next pull brings. Until then it shows as the same email. What the server copied cannot be taken back from here,
 * so the inverse of the change lacks it.
 */
export const copiedTo = ({ effect, overwritten }: EmailTarget): number[] =>
  Object.entries(effect.mailboxes ?? {}).flatMap(([mailbox, on]) => {
    const isNew = on && !overwritten.mailboxes.includes(Number(mailbox));
    return isNew && overwritten.inverse.mailboxes?.[mailbox] === undefined ? [Number(mailbox)] : [];
  });

/**
 * Takes down where an email was copied to, by changes that the server just told the state after. What waits on the email does
 * not copy it there once more; what would take it from there again fails visibly, as it is another message by now.
 */
export const settleCopies = (tx: WriteDb, email: number, sent: readonly EmailTarget[], wanted: EmailEffect): void => {
  const stays = readBase(tx, email)?.mailboxes ?? [];
  const copied = Object.keys(wanted.mailboxes ?? {}).filter(
    (mailbox) => wanted.mailboxes?.[mailbox] === true && !stays.includes(Number(mailbox)),
  );
  if (copied.length === 0) return;
  for (const target of sent) {
    const { inverse } = target.overwritten;
    const overwritten = {
      ...target.overwritten,
      inverse: { ...inverse, mailboxes: without(inverse.mailboxes, copied) },
    };
    seenAnew(tx, { ...target, overwritten });
  }
  for (const { change } of queuedOf(tx, email)) {
    // As it is by now: one that failed before it may have changed what it does.
    const effect = readTarget(tx, change, email)?.effect ?? {};
    const named = copied.filter((mailbox) => effect.mailboxes?.[mailbox] !== undefined);
    if (named.some((mailbox) => effect.mailboxes?.[mailbox] === false)) {
      failTarget(tx, { change, email });
      setError(tx, change, { kind: 'conflict', message: 'the email was copied meanwhile: the copy is another email' });
      restage(tx, change);
    } else if (named.length > 0)
      setEffect(tx, change, email, { ...effect, mailboxes: without(effect.mailboxes, named) });
  }
};

const without = (mailboxes: Record<string, boolean> | undefined, names: readonly string[]): Record<string, boolean> =>
  Object.fromEntries(Object.entries(mailboxes ?? {}).filter(([mailbox]) => !names.includes(mailbox)));
