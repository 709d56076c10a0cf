import type { RemoteEmail } from '../../../src-shared/remote.ts';
import { breathe, inOrder, inPieces } from '../../lib/async.ts';
import type { Delta } from '../driver.ts';
import { pullChanges } from './changes.ts';
import { must } from './client.ts';
import type { PullContext } from './context.ts';
import { emailOf } from './convert.ts';
import { type Fill, fillOf, fillText, toVerify } from './fillCursor.ts';
import {
  chunkIds,
  flights,
  getAllEmails,
  getEmails,
  getEmailsWithBody,
  getSchema,
  getSize,
  getWithBody,
  listOf,
} from './get.ts';
import { confirmUnlisted } from './rescan.ts';
import { type IdPage, idPageOf, idPages, type Place, placeAfter, queryAll, start } from './walk.ts';

/** Small, so that mail is on screen at once. */
const FIRST_PAGE = 50;
/** For so long a walk goes on before it looks for changes: what the person did elsewhere shows meanwhile. */
const SEGMENT_MS = 15_000;

/** The first fill from where it stands to its end, with the changes that happen meanwhile (docs/sync.md J2). */
export async function* fill(context: PullContext): AsyncGenerator<Delta, void, void> {
  let state = fillOf(context.cursor('fill'));
  if (state.stage === 'walk' && state.place.position === 0) yield* firstPage(context);
  for (state = fillOf(context.cursor('fill')); state.stage === 'walk'; state = fillOf(context.cursor('fill'))) {
    yield* walkSegment(context, state);
    yield* pullChanges(context);
  }
  if (state.stage === 'verify' && context.clock.now() >= state.notBefore) yield* verify(context, state.fruitless);
}

async function* firstPage(context: PullContext): AsyncGenerator<Delta, void, void> {
  const limit = Math.min(FIRST_PAGE, getSize(context.client));
  const [query, got] = await context.client.call(
    [
      queryAll({ limit, calculateTotal: true }),
      getWithBody({ '#ids': { resultOf: '0', name: 'Email/query', path: '/ids' } }),
    ],
    context.signal,
  );
  const page = idPageOf(query, 0);
  const put = listOf(must(got, getSchema, 'Email/get'), emailOf);
  yield walked(context, put, placeAfter(page, page.ids.length), page.total ?? 0);
}

const walked = (context: PullContext, put: RemoteEmail[], place: Place, total: number): Delta => ({
  emails: { put, patched: [], destroyed: [] },
  cursors: [context.move('fill', fillText({ stage: 'walk', place, total }))],
  progress: { done: place.position, total: Math.max(total, place.position) },
});

type Step = { unknown: string[]; place: Place; isNewest: boolean };

/** One stretch of the walk; its last delta moves the cursor to `verify` when the end was reached. */
async function* walkSegment(
  context: PullContext,
  from: Extract<Fill, { stage: 'walk' }>,
): AsyncGenerator<Delta, void, void> {
  const until = context.clock.monotonic() + SEGMENT_MS;
  let total = from.total;
  let ended = false;
  async function* steps(): AsyncGenerator<Step, void, void> {
    for await (const page of idPages(context, from.place)) {
      total = page.total ?? total;
      for (const step of stepsOf(context, page)) {
        yield step;
        if (context.clock.monotonic() > until) return;
      }
    }
    ended = true;
  }
  const fetchStep = async (step: Step): Promise<{ step: Step; put: RemoteEmail[] }> => ({
    step,
    put: step.unknown.length === 0 ? [] : (await read(context, step)).found,
  });
  for await (const { step, put } of inOrder(steps(), () => flights(context.client), fetchStep))
    yield walked(context, put, step.place, total);
  if (ended) yield { cursors: [context.move('fill', fillText(toVerify))] };
}

/** So many of the newest emails come with their bodies at once: they are what a person opens first. */
const WITH_BODY = 500;
/** An answer with bodies is some ten times as long, and to parse it holds up reads. */
const BODIES_AT_ONCE = 25;

const read = (context: PullContext, { unknown, isNewest }: Step): ReturnType<typeof getEmails> =>
  isNewest ? getEmailsWithBody(context, unknown) : getEmails(context, unknown);

/** A page in pieces of one request each, without what is held already. */
function* stepsOf(context: PullContext, page: IdPage): Generator<Step, void, void> {
  const newest = Math.max(0, WITH_BODY - page.position);
  const chunks = [
    ...chunkIds(context.client, page.ids.slice(0, newest), BODIES_AT_ONCE),
    ...chunkIds(context.client, page.ids.slice(newest)),
  ];
  let walkedIds = 0;
  for (const chunk of chunks) {
    const isNewest = walkedIds < newest;
    walkedIds += chunk.length;
    const known = context.known.emails(chunk);
    yield { unknown: chunk.filter((id) => !known.has(id)), place: placeAfter(page, walkedIds), isNewest };
  }
}

/** A list that is too short may be complete the next time; after so many in a row it has the time until the next cycle. */
const FRUITLESS_PASSES = 3;
/** The second fruitless cycle in a row waits so long, in ms, each further one twice as long, up to an hour. */
const FIRST_WAIT = 60_000;
const LONGEST_WAIT = 3_600_000;

/**
 * Pages through the ids alone, again, until a pass finds nothing that is not held and nothing held that is gone: only
 * then is the fill done. A server that counts more emails than it lists leaves it open: later cycles look again.
 */
async function* verify(context: PullContext, fruitlessCycles: number): AsyncGenerator<Delta, void, void> {
  const asked = new Set<string>();
  for (let fruitless = 0; fruitless < FRUITLESS_PASSES; fruitless++) {
    const counted = context.known.emailsExpected();
    const { listed, total } = await listIds(context);
    // What happened during the pass comes as a change; only what no change explains was missed by the walk.
    yield* pullChanges(context);
    const missed = (await notHeld(context, listed)).filter((id) => !asked.has(id));
    for (const id of missed) asked.add(id);
    for await (const { found } of getAllEmails(context, missed))
      yield { emails: { put: found, patched: [], destroyed: [] }, cursors: [] };
    yield* confirmUnlisted(context, listed);
    if (missed.length > 0) fruitless = -1;
    // Held, not listed: a server that reorders in every answer may never list all at once.
    if (missed.length > 0 || context.known.emailCount() < Math.max(total, counted)) continue;
    return yield { filled: true, cursors: [context.move('fill', fillText({ stage: 'done' }))] };
  }
  const wait = fruitlessCycles === 0 ? 0 : Math.min(FIRST_WAIT * 2 ** (fruitlessCycles - 1), LONGEST_WAIT);
  const again: Fill = { stage: 'verify', fruitless: fruitlessCycles + 1, notBefore: context.clock.now() + wait };
  yield { cursors: [context.move('fill', fillText(again))] };
}

const listIds = async (context: PullContext): Promise<{ listed: Set<string>; total: number }> => {
  const listed = new Set<string>();
  let total = 0;
  for await (const page of idPages(context, start)) {
    for (const id of page.ids) listed.add(id);
    total = page.total ?? total;
  }
  return { listed, total };
};

/** In pieces: of a large account it takes longer than a read should wait. */
const notHeld = async (context: PullContext, listed: ReadonlySet<string>): Promise<string[]> => {
  const missing: string[] = [];
  for (const piece of inPieces([...listed], 1000)) {
    const known = context.known.emails(piece);
    missing.push(...piece.filter((id) => !known.has(id)));
    await breathe();
  }
  return missing;
};
