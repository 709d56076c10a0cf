import { type EmailEffect, type EmailState, inverse, project } from '../../src-shared/project.ts';
import type { WriteDb } from './db.ts';
import { readChange, restage, setError } from './pending.ts';
import {
  activeEffects,
  activeOf,
  type EmailTarget,
  type QueuePlace,
  readTarget,
  removeTarget,
  seenAnew,
  setEffect,
  stageTarget,
  targetsInto,
  unsentAfter,
} from './pendingEmails.ts';
import type { StoredError } from './storedError.ts';

/** Gives an email of a change up that waits or is under way; whoever does also refreshes the email and restages the change. */
export const failTarget = (tx: WriteDb, target: QueuePlace): void => {
  letGo(tx, target);
  stageTarget(tx, target.change, target.email, 'failed');
};

/** Takes an email out of a change; whoever does also refreshes the email and restages the change. */
export const dropTarget = (tx: WriteDb, target: QueuePlace): void => {
  letGo(tx, target);
  removeTarget(tx, target.change, target.email);
};

type Switches = Record<string, boolean>;

/**
 * What was done to an email later was done to it as it was seen, with this change. Without it, what takes the email from
 * where it was to be takes it from where it still is: else a move on from there would leave it in both. Each is judged and
 * undone by what was seen without this one.
 */
const letGo = (tx: WriteDb, { change, email }: QueuePlace): void => {
  const target = readTarget(tx, change, email);
  if (!target || target.stage === 'failed') return;
  letGoOfKeywords(tx, target);
  let undone: Switches = target.overwritten.inverse.mailboxes ?? {};
  if (Object.keys(undone).length === 0) return;
  for (const later of unsentAfter(tx, email, change)) {
    const before = project({ keywords: [], mailboxes: later.overwritten.mailboxes, destroyed: false }, [
      { mailboxes: undone },
    ]);
    const isMove = ['move', 'delete'].includes(readChange(tx, later.change)?.type ?? '');
    const mailboxes = takenFrom(later.effect.mailboxes, undone, isMove);
    if (mailboxes) setEffect(tx, later.change, email, { ...later.effect, mailboxes });
    const back = { ...later.overwritten.inverse, ...(mailboxes ? inverseOf(before, mailboxes) : {}) };
    seenAnew(tx, { ...later, overwritten: { mailboxes: before.mailboxes, inverse: back } });
    undone = Object.fromEntries(Object.entries(undone).filter(([mailbox]) => mailboxes?.[mailbox] === undefined));
  }
};

/** The next change of a keyword saw of it what this one saw. */
const letGoOfKeywords = (tx: WriteDb, { change, email, effect, overwritten }: EmailTarget): void => {
  let before: Switches = { ...effect.keywords, ...overwritten.inverse.keywords };
  for (const later of unsentAfter(tx, email, change)) {
    const wanted = later.effect.keywords ?? {};
    const seen = Object.entries(before).filter(([keyword]) => wanted[keyword] !== undefined);
    if (seen.length === 0) continue;
    const names = new Set(seen.map(([keyword]) => keyword));
    const others = Object.entries(later.overwritten.inverse.keywords ?? {}).filter(([keyword]) => !names.has(keyword));
    const keywords = Object.fromEntries([...others, ...seen.filter(([keyword, on]) => wanted[keyword] !== on)]);
    const back = { ...later.overwritten.inverse, keywords };
    seenAnew(tx, { ...later, overwritten: { ...later.overwritten, inverse: back } });
    before = Object.fromEntries(Object.entries(before).filter(([keyword]) => !names.has(keyword)));
  }
};

/**
 * What a later change switches: where it takes the email from where it never came, it takes it from where it is. A move to a
 * role does that also where the email was to be there already.
 */
const takenFrom = (switches: Switches | undefined, undone: Switches, isMove: boolean): Switches | undefined => {
  const movesOn = Object.entries(undone).some(
    ([mailbox, on]) => !on && (switches?.[mailbox] === false || (isMove && switches?.[mailbox] === true)),
  );
  if (!movesOn) return switches;
  const still = Object.entries(undone).flatMap(([mailbox, on]) => (on ? [[mailbox, false] as const] : []));
  return { ...Object.fromEntries(still), ...switches };
};

const inverseOf = (before: EmailState, mailboxes: Switches): EmailEffect => ({
  mailboxes: inverse(before, { mailboxes }).mailboxes,
});

/** A mailbox is no more: what was to be put into it fails visibly. Answers the emails to be refreshed. */
export const mailboxIsGone = (tx: WriteDb, mailbox: number): number[] => {
  const lost = targetsInto(tx, mailbox);
  for (const target of lost) {
    failTarget(tx, target);
    setError(tx, target.change, { kind: 'notFound', message: 'the mailbox was deleted elsewhere' });
    restage(tx, target.change);
  }
  return lost.map(({ email }) => email);
};

/**
 * The server no longer has an email. Where the person wanted that, too, it came true, whatever else they had done to it
 * before; every other change fails visibly.
 */
export const emailIsGone = (tx: WriteDb, email: number): void => {
  const wanted = activeEffects(tx, email).some(({ destroy }) => destroy === true);
  endChanges(tx, email, wanted, { kind: 'notFound', message: 'the email was deleted elsewhere' });
};

/** An email turned out to be another one that is held, moved: what the person did to it fails visibly. */
export const emailIsAnother = (tx: WriteDb, email: number): void =>
  endChanges(tx, email, false, { kind: 'conflict', message: 'the email was moved elsewhere meanwhile' });

const endChanges = (tx: WriteDb, email: number, wanted: boolean, error: StoredError): void => {
  for (const { change, stage, type } of activeOf(tx, email)) {
    const settled = stage === 'acknowledged' || type === 'mailbox' || wanted;
    stageTarget(tx, change, email, settled ? 'done' : 'failed');
    if (!settled) setError(tx, change, error);
    restage(tx, change);
  }
};
