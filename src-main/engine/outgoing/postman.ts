import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { Driver } from '../../driver/driver.ts';
import type { Mailer } from '../../driver/outgoing.ts';
import { drop } from '../../lib/async.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Store } from '../../store/db.ts';
import { dueDraft, nextDraft, readDraft, type StoredDraft, supersededIds, updateDraft } from '../../store/drafts.ts';
import { hurrySubmissions, hurryUnreached, putClockRight, wasClockAhead } from '../../store/outgoingTimes.ts';
import { hasWork } from '../../store/pending.ts';
import {
  dueSubmission,
  nextSubmission,
  readSubmission,
  type StoredSubmission,
  updateSubmission,
} from '../../store/submissions.ts';
import type { ReadFile } from '../files.ts';
import { createBell } from './bell.ts';
import { deliver } from './delivery.ts';
import { fileDraft } from './draftFiling.ts';
import { createPostJob } from './postJob.ts';
import { createPostPauses, type PostPauses } from './postPauses.ts';

type Parts = {
  store: Store;
  clock: Clock;
  log: Log;
  /** The account's folder. */
  folder: string;
  readFile: ReadFile;
  /** What HTML says, as plain text. */
  textOf: (html: string, signal: AbortSignal) => Promise<string>;
  /** The driver as soon as it is open; throws why it will not be. */
  reader: (signal: AbortSignal) => Promise<Driver>;
  /** The sync loop has something to do: changes to send, or news of our own to bring. */
  changed(): void;
};

/** Brings drafts and messages on their way, one after the other, beside the sync loop and independent of its cursors. */
export type Postman = {
  /** Something is due. */
  poke(): void;
  /** There is a connection by now: what could not be reached is tried at once. */
  connected(): void;
  /** There are new settings, or the person asks: what waits is tried now. */
  hurry(): void;
  /** The submission that something is being done for just now. */
  underWay(): number | null;
  /** Resolves when nothing is done for a submission, or not any more. */
  over(submission: number): Promise<void>;
  /** Cuts off what is done for a submission, and does nothing more for it until `act` is over. */
  hold<T>(submission: number, act: () => Promise<T>): Promise<T>;
  /** Resolves when nothing is under way, and nothing due that can be done. */
  idle(): Promise<void>;
  stop(): Promise<void>;
};

/** What is to be done next. */
type Due = { submission?: StoredSubmission | undefined; draft?: StoredDraft | undefined };
/** A postman at work. */
export const createPostman = (parts: Parts): Postman => {
  const { store, clock } = parts;
  const ending = new AbortController();
  const pauses: Pauses = { submission: createPostPauses(clock), draft: createPostPauses(clock) };
  const bell = createBell(clock);
  const job = createPostJob();
  let isReached = false;
  let hurries = 0;

  /** True where something was done. */
  const one = async (): Promise<boolean> => {
    if (isReached) store.write((tx) => hurryUnreached(tx, clock.now()));
    isReached = false;
    putTimesRight(store, clock.now());
    const due = nextDue(store, clock.now(), pauses, job.held);
    if (!due) return false;
    const pause = due.submission ? pauses.submission : pauses.draft;
    const asked = hurries;
    const isDone = await job.run(due.submission?.id ?? null, ending.signal, async (begun, signal) => {
      try {
        return await carry(parts, due, begun, signal);
      } catch (thrown) {
        const error = asTernError(thrown);
        // What was tried as it was before says nothing of how it is now.
        if (!signal.aborted) noteTrouble(parts, due, error, asked === hurries ? pause.troubled(error) : 0);
        return null;
      }
    });
    if (isDone) {
      pause.over();
      if (isNews(store, due)) parts.changed();
    }
    return isDone !== false && !ending.signal.aborted;
  };
  const running = attend({ ...parts, bell, pauses, one }, ending.signal);
  drop(running, parts.log, 'the postman stopped');
  return {
    poke: () => bell.ring(),
    connected: () => {
      pauses.submission.connected();
      pauses.draft.connected();
      isReached = true;
      bell.ring();
    },
    hurry: () => {
      hurries += 1;
      for (const each of Object.values(pauses)) each.over();
      store.write((tx) => hurrySubmissions(tx, clock.now()));
      bell.ring();
    },
    underWay: () => job.underWay(),
    over: (submission) => job.over(submission),
    hold: (submission, act) => job.hold(submission, act).finally(() => bell.ring()),
    idle: () => bell.idle(),
    stop: async () => {
      ending.abort();
      await running.catch(() => undefined);
    },
  };
};

/** Each its own: a server for outgoing mail that is away keeps no draft from the server that holds them. */
type Pauses = { submission: PostPauses; draft: PostPauses };

/** Whether the sync loop has something to do now: changes to send, a copy in Sent to bring, or a replaced draft to see. */
const isNews = (store: Store, { submission, draft }: Due): boolean =>
  store.read((db) => {
    if (hasWork(db) || (draft && supersededIds(db).length > 0)) return true;
    return submission !== undefined && readSubmission(db, submission.id)?.stage === 'done';
  });

type Attending = Pick<Parts, 'store' | 'clock' | 'log'> & {
  bell: ReturnType<typeof createBell>;
  pauses: Pauses;
  /** Does the next thing; true where there may be more. */
  one: () => Promise<boolean>;
};

/** Does what is due, whenever it is, until the signal. */
const attend = async ({ store, clock, log, bell, pauses, one }: Attending, signal: AbortSignal): Promise<void> => {
  /** All that can be done now; answers how long there is nothing more, in ms. */
  const round = async (): Promise<number | null> => {
    try {
      while (await one());
      return untilNext(store, clock.now(), pauses);
    } catch (thrown) {
      // A disk that takes nothing, or cannot be read, has no room for the reason either.
      log.error({ err: thrown }, 'what is to be sent cannot be read or noted');
      const full = new TernError('storage', 'the disk takes nothing', { cause: thrown });
      pauses.draft.troubled(full);
      return pauses.submission.troubled(full);
    }
  };
  while (!signal.aborted) {
    const heard = bell.heard();
    await bell.rest(await round(), heard, signal);
  }
};

/** Mail on its way goes before drafts. */
const nextDue = (store: Store, now: number, pauses: Pauses, held: readonly number[]): Due | null =>
  store.read((db) => {
    const submission = pauses.submission.left() > 0 ? undefined : dueSubmission(db, now, held);
    if (submission) return { submission };
    const draft = pauses.draft.left() > 0 ? undefined : dueDraft(db, now);
    return draft ? { draft } : null;
  });

/** A computer whose clock was years ahead told everything to wait for years. */
const putTimesRight = (store: Store, now: number): void => {
  if (store.read((db) => wasClockAhead(db, now))) store.write((tx) => putClockRight(tx, now), { durable: true });
};

/** Until something comes due, in ms; null: nothing will. */
const untilNext = (store: Store, now: number, pauses: Pauses): number | null => {
  const times = store.read((db) => [nextSubmission(db, now), nextDraft(db, now)]).filter((at) => at !== null);
  const paused = [pauses.submission.left(), pauses.draft.left()].filter((left) => left > 0);
  const next = Math.min(...times.map((at) => at - now), ...paused);
  return Number.isFinite(next) ? next : null;
};

type Connection = { driver: Driver; mailer: Mailer };

/** What is done on this machine alone needs none. */
const unconnected = { driver: undefined, mailer: undefined } as never as Connection;

/** What it takes to do what is due; null where there is no connection. */
const connectionFor = async (parts: Parts, { submission }: Due, signal: AbortSignal): Promise<Connection | null> => {
  const driver = await parts.reader(signal).catch(() => null);
  if (driver?.mailer) return { driver, mailer: driver.mailer };
  return submission && isLocal(submission) ? unconnected : null;
};

const isLocal = ({ stage }: StoredSubmission): boolean => stage === 'composed' || stage === 'committing';

/** The next step of what is due, as it stands when there is a connection; false where there is none. */
const carry = async (parts: Parts, due: Due, begun: () => void, signal: AbortSignal): Promise<boolean> => {
  const connection = await connectionFor(parts, due, signal);
  if (!connection || signal.aborted) return false;
  begun();
  const { submission, draft } = parts.store.read((db) => ({
    submission: due.submission && readSubmission(db, due.submission.id),
    draft: due.draft && readDraft(db, due.draft.id),
  }));
  if (submission) await deliver({ ...parts, ...connection, signal }, submission);
  if (draft?.stage === 'open') await fileDraft({ ...parts, mailer: connection.mailer, signal }, draft);
  return true;
};

/** Nothing was done, and it costs no attempt: it is said why, and waits for `pause`, in ms. */
const noteTrouble = (
  { store, clock, log }: Parts,
  { submission, draft }: Due,
  error: TernError,
  pause: number,
): void => {
  if (error.kind === 'bug') log.error({ err: error }, 'sending failed');
  const told = { kind: error.kind, message: error.message };
  const changes = { error: told, nextAttemptAt: clock.now() + pause };
  store.write((tx) => {
    if (submission) updateSubmission(tx, submission.id, changes);
    if (draft) updateDraft(tx, draft.id, changes);
  });
};
