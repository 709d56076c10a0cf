import * as z from 'zod';
import { spend } from './faults.ts';
import { type ChangesPage, pageLists } from './journal.ts';
import { methodError, parseArguments } from './methodError.ts';
import type { ChangeType, Fields } from './model.ts';
import type { Site } from './site.ts';

const schema = z.strictObject({
  accountId: z.string(),
  sinceState: z.string(),
  maxChanges: z.int().positive().nullish(),
});

const prefixes: Record<ChangeType, string> = {
  Mailbox: 'm',
  Email: 'e',
  Thread: 't',
  Identity: 'i',
  EmailSubmission: 's',
};

/** The state of a type (RFC 8620 section 5.1); a token of one type is worth nothing for another. */
export const stateOf = (site: Site, type: ChangeType): string => prefixes[type] + site.store.journals[type].state();

/** The state that a get answers; with `stateAhead` it runs ahead where it lists something. */
export const getStateOf = (site: Site, type: ChangeType, listed: number): string =>
  site.faults.stateAhead && listed > 0 ? `${prefixes[type]}${site.store.modseq() + 1000}` : stateOf(site, type);

const parseState = (site: Site, type: ChangeType, state: string): { modseq: number; emptyPages: number } => {
  const match = /^([a-z])(\d+)(?:\.(\d+))?$/.exec(state);
  const modseq = Number(match?.[2]);
  const known = match?.[1] === prefixes[type] && (modseq <= site.store.modseq() || site.faults.stateAhead);
  if (!known) throw methodError('cannotCalculateChanges');
  return { modseq, emptyPages: Number(match[3] ?? 0) };
};

const refuseWhereAsked = ({ faults }: Site, type: ChangeType, maxChanges: number | null): void => {
  const { cannotCalculate, cannotCalculateBelow } = faults;
  const chosen = cannotCalculate.type === null || cannotCalculate.type === type;
  if (chosen && spend(cannotCalculate)) throw methodError('cannotCalculateChanges');
  if (cannotCalculateBelow !== null && maxChanges !== null && maxChanges < cannotCalculateBelow) {
    throw methodError('cannotCalculateChanges');
  }
};

/** Answers Foo/changes (RFC 8620 section 5.2), with the page it made of it for what a type adds. */
export const answerChanges = (site: Site, type: ChangeType, args: Fields): { answer: Fields; page: ChangesPage } => {
  const { accountId, sinceState, maxChanges = null } = parseArguments(site, schema, args);
  refuseWhereAsked(site, type, maxChanges);
  const since = parseState(site, type, sinceState);
  const { faults, store } = site;
  const max = Math.min(maxChanges ?? Number.POSITIVE_INFINITY, faults.maxChanges ?? Number.POSITIVE_INFINITY);
  const page = store.journals[type].since(since.modseq, max, faults.lateOnly);
  const common = { accountId, oldState: sinceState };
  if (faults.emptyChanges.type === type && spend(faults.emptyChanges)) {
    // The suffix makes the state another one that still stands for the same changes.
    const newState = `${prefixes[type]}${since.modseq}.${since.emptyPages + 1}`;
    const empty: ChangesPage = { ...page, created: [], updated: [], destroyed: [], properties: false, hasMore: true };
    return { answer: { ...common, newState, hasMoreChanges: true, ...pageLists(empty) }, page: empty };
  }
  const stuck = faults.stuckChanges.type === type && spend(faults.stuckChanges);
  const newState = stuck ? sinceState : prefixes[type] + page.upTo;
  const hasMoreChanges = stuck || page.hasMore;
  return { answer: { ...common, newState, hasMoreChanges, ...pageLists(page) }, page };
};
