import { TernError } from '../../src-shared/errors.ts';
import type { Driver } from '../driver/driver.ts';
import { throwIfAborted } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';
import {
  type Bodiless,
  bodiesSize,
  bodiesToRender,
  evictBodies,
  forgetUnreadable,
  missingBodies,
} from '../store/bodies.ts';
import { createTidier, indexHeld } from '../store/searchIndex.ts';
import { type BodySettings, readBodySettings } from '../store/settings.ts';
import { type BodyParts, fetchBodies, renderBodies } from './bodyRead.ts';

/** Sees to bodies while nothing else is to be done: renders, fetches and takes out. */
export type BodyKeeper = {
  /** There is time: goes on where it was until all is done, the budget is used, or the server fails. */
  keep(): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  /** Ends what is under way. */
  stop(): Promise<void>;
};

type Parts = BodyParts & {
  clock: Clock;
  reader: (signal: AbortSignal) => Promise<Driver>;
  /** Resolves when nobody is at work with the account, or after a while all the same. */
  quiet: (signal: AbortSignal) => Promise<void>;
};

/** So many bodies are rendered, and fetched, before the keeper looks again at what comes first. */
const RENDERED_AT_ONCE = 10;
const FETCHED_AT_ONCE = 25;
/**
 * A batch takes up what people read by meanwhile: it is to be over in a second. In bytes: what the first one may bring, and
 * what none brings more than.
 */
const FIRST_BATCH = 256 * 1024;
const LARGEST_BATCH = 2 * 1024 * 1024;
const LONGEST_BATCH_MS = 1_000;
/** So much of each text is fetched ahead, in bytes: as much as comes along with a pull. */
const AHEAD_BYTES = 64 * 1024;
const EVICTED_AT_ONCE = 100;
const DAY_MS = 24 * 3600 * 1000;

/** A keeper that does nothing yet (docs/sync.md B2, B3). */
export const createBodyKeeper = (parts: Parts): BodyKeeper => {
  const { store, log } = parts;
  const tidy = createTidier(store);
  let ending = new AbortController();
  let running: Promise<void> | null = null;
  let again = false;
  let begun = false;
  const work = async (): Promise<void> => {
    const settings = store.read(readBodySettings);
    if (!begun) store.write(forgetUnreadable);
    begun = true;
    await indexHeld(store, ending.signal);
    await renderAll(parts, ending.signal);
    await tidy(ending.signal);
    await evict(parts, settings);
    if (settings.prefetch) await fetchAll(parts, settings, ending.signal);
    await tidy(ending.signal);
  };

  const keep = (): void => {
    again = running !== null;
    if (running || ending.signal.aborted) return;
    running = work()
      .catch((error: unknown) => {
        if (!ending.signal.aborted) log.info({ err: error }, 'bodies cannot be fetched for now');
      })
      .finally(() => {
        running = null;
        if (again) keep();
      });
  };
  const idle = async (): Promise<void> => {
    if (!running) return;
    await running;
    await idle();
  };
  return {
    keep,
    idle,
    stop: async () => {
      ending.abort(new TernError('cancelled', 'the account is being closed'));
      again = false;
      await idle();
      ending = new AbortController();
    },
  };
};

const renderAll = async (parts: Parts, signal: AbortSignal): Promise<void> => {
  for (;;) {
    const emails = parts.store.read((db) => bodiesToRender(db, RENDERED_AT_ONCE));
    if (emails.length === 0) return;
    await parts.quiet(signal);
    throwIfAborted(signal);
    await renderBodies(parts, emails);
  }
};

/** Fetches what is missing, batch by batch, and renders it, until all is held or the room is used. */
const fetchAll = async (parts: Parts, settings: BodySettings, signal: AbortSignal): Promise<void> => {
  const { store, clock } = parts;
  /** Emails that the server did not have when they were asked for: the next pull tells what became of them. */
  const missing = new Set<number>();
  let driver: Driver | undefined;
  let room = 0;
  let atOnce = FIRST_BATCH;
  for (;;) {
    await renderAll(parts, signal);
    await parts.quiet(signal);
    throwIfAborted(signal);
    const since = oldest(settings, clock);
    const emails = store.read((db) => missingBodies(db, FETCHED_AT_ONCE + missing.size, since));
    const batch = upTo(atOnce, emails.filter(({ id }) => !missing.has(id)).slice(0, FETCHED_AT_ONCE));
    // What is held is not added up for every batch: that takes milliseconds.
    if (room < sizeOf(batch)) room = settings.maxBytes - store.read(bodiesSize);
    if (batch.length === 0 || room < sizeOf(batch)) return;
    room -= sizeOf(batch);
    driver ??= await parts.reader(signal);
    const began = clock.monotonic();
    const gone = await fetchBodies(parts, driver, batch, { maxBytes: AHEAD_BYTES, isAll: false }, signal);
    for (const id of gone) missing.add(id);
    const took = clock.monotonic() - began;
    if (took > LONGEST_BATCH_MS) atOnce = Math.max(1, Math.floor((atOnce * LONGEST_BATCH_MS) / (2 * took)));
    else if (took < LONGEST_BATCH_MS / 4) atOnce = Math.min(2 * atOnce, LARGEST_BATCH);
  }
};

/** The first of them that together bring so many bytes at most; at least one. */
const upTo = (bytes: number, emails: readonly Bodiless[]): Bodiless[] => {
  let sum = 0;
  return emails.filter(({ size }, at) => {
    sum += Math.min(size, 2 * AHEAD_BYTES);
    return at === 0 || sum <= bytes;
  });
};

/** What a batch will take at most, by a guess: a text is kept as it came, and as it is shown. */
const sizeOf = (batch: readonly Bodiless[]): number =>
  batch.reduce((sum, { size }) => sum + 2 * Math.min(size, 2 * AHEAD_BYTES), 0);

/** Mail that was received before this second is not fetched ahead. */
const oldest = ({ maxDays }: BodySettings, clock: Clock): number =>
  maxDays === null ? 0 : Math.floor((clock.now() - maxDays * DAY_MS) / 1000);

/** Takes out what is too old, then what is too much, longest unused first. */
const evict = async ({ store, clock }: Parts, { maxBytes, maxDays }: BodySettings): Promise<void> => {
  const take = async (before: number, room: number): Promise<void> => {
    for (let enough = room; enough > 0; ) {
      const { bodies, size } = store.write((tx) => evictBodies(tx, { before, enough, limit: EVICTED_AT_ONCE }));
      if (bodies === 0) return;
      enough -= size;
      await store.pause();
    }
  };
  if (maxDays !== null) await take(clock.now() - maxDays * DAY_MS, Number.POSITIVE_INFINITY);
  await take(Number.MAX_SAFE_INTEGER, store.read(bodiesSize) - maxBytes);
};
