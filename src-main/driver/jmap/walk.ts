import * as z from 'zod';
import { TernError } from '../../../src-shared/errors.ts';
import { type MethodAnswer, type MethodCall, methodError, must } from './client.ts';
import type { PullContext } from './context.ts';

/**
 * Where a walk over all ids stands: behind the first of `anchors`; the others are older ids to go back to should that
 * one be gone. `position` serves servers that refuse anchors.
 */
export const placeSchema = z.object({ anchors: z.array(z.string()), position: z.int().min(0) });
export type Place = z.infer<typeof placeSchema>;
export const start: Place = { anchors: [], position: 0 };

/** Ids in the server's order, newest first, and how many it says there are (asked of the first page only). */
export type IdPage = { ids: string[]; position: number; total: number | null; byAnchor: boolean };

/** Ids come at 500,000 a second (measured on Cyrus): large pages, so that round trips do not show. */
const PAGE = 5000;

const querySchema = z.object({
  ids: z.array(z.string()),
  position: z.number().nullish(),
  total: z.number().nullish(),
});

/** `Email/query` over the whole account, newest first: no filter, so an email in three mailboxes comes once. */
export const queryAll = (args: Record<string, unknown>): MethodCall => [
  'Email/query',
  { sort: [{ property: 'receivedAt', isAscending: false }], ...args },
];

/** Reads an `Email/query` answer; `position` falls back to what was asked for. */
export const idPageOf = (answer: MethodAnswer | undefined, position: number): IdPage => {
  const parsed = must(answer, querySchema, 'Email/query');
  return { ids: parsed.ids, position: parsed.position ?? position, total: parsed.total ?? null, byAnchor: true };
};

/** The place behind the first `count` ids of a page. A walk that came to go by position goes on by it. */
export const placeAfter = (page: IdPage, count: number): Place => {
  const walked = page.ids.slice(0, count);
  const anchors = [walked.at(-1), walked.at(-2), walked.at(-Math.ceil(count / 2)), walked[0]];
  return {
    anchors: page.byAnchor ? [...new Set(anchors.filter((id) => id !== undefined))] : [],
    position: page.position + count,
  };
};

/**
 * Pages of ids from a place to the end, the next one already under way while one is used. The order of equal dates
 * may differ from query to query (docs/sync.md J2), so a walk alone does not prove that every id was seen.
 */
export async function* idPages(context: PullContext, from: Place): AsyncGenerator<IdPage, void, void> {
  let page = await ask(context, from, true);
  while (page.ids.length > 0) {
    const next = askBehind(context, page);
    next.catch(() => undefined);
    yield page;
    page = await next;
  }
}

const askBehind = async (context: PullContext, page: IdPage): Promise<IdPage> => {
  const place = placeAfter(page, page.ids.length);
  const next = await ask(context, place, false);
  if (next.ids[0] === undefined || !page.ids.includes(next.ids[0])) return next;
  // A page that begins where the walk was already: by anchor the server ignores it, by position it never gets on.
  if (next.byAnchor) return byPosition(context, place.position, false);
  if (!page.byAnchor && next.position <= page.position)
    throw new TernError('server', 'the server answers the same page of emails for ever');
  return next;
};

const ask = async (context: PullContext, place: Place, calculateTotal: boolean): Promise<IdPage> => {
  const { client, signal } = context;
  for (const anchor of place.anchors) {
    const call = queryAll({ anchor, anchorOffset: 1, limit: PAGE, calculateTotal });
    const [answer] = await client.call([call], signal);
    if (!answer || !('error' in answer)) return idPageOf(answer, place.position);
    if (answer.error.type === 'anchorNotFound') continue;
    if (/^(invalidArguments|unsupported|cannotDoThat)/.test(answer.error.type))
      return byPosition(context, place.position, calculateTotal);
    throw methodError(answer.error, 'Email/query');
  }
  // Emails removed meanwhile moved the rest forward: one page back, so that none is passed over.
  const position = place.anchors.length > 0 ? Math.max(0, place.position - PAGE) : place.position;
  const page = await byPosition(context, position, calculateTotal);
  // A walk begins without an anchor to hang on; that says nothing against those of its first page.
  return { ...page, byAnchor: place.anchors.length === 0 && place.position === 0 };
};

const byPosition = async (context: PullContext, position: number, calculateTotal: boolean): Promise<IdPage> => {
  const [answer] = await context.client.call([queryAll({ position, limit: PAGE, calculateTotal })], context.signal);
  return { ...idPageOf(answer, position), byAnchor: false };
};
