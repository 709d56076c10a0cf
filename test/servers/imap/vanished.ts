import type { Mailbox } from './model.ts';
import { inSet, type NumberSet, resolveSet } from './sets.ts';

/**
 * UIDs expunged since a modseq, in their order, of those in the set if there is one (RFC 7162 section 3.2.5). Where the
 * server no longer knows what was expunged since then, every UID that is not there.
 */
export const vanishedSince = (mailbox: Mailbox, modseq: number, uids: NumberSet | null): number[] => {
  const known = uids && resolveSet(uids, mailbox.uidNext - 1);
  const wanted = (uid: number) => known === null || inSet(known, uid);
  if (modseq >= mailbox.expungedSince) {
    const later = mailbox.expunged.filter((gone) => gone.modseq > modseq && wanted(gone.uid));
    return later.map(({ uid }) => uid).toSorted((a, b) => a - b);
  }
  const there = new Set(mailbox.entries.map(({ uid }) => uid));
  const all = Array.from({ length: mailbox.uidNext - 1 }, (_, index) => index + 1);
  return all.filter((uid) => !there.has(uid) && wanted(uid));
};
