import { asTernError, TernError } from '../../src-shared/errors.ts';
import type { Driver } from '../driver/driver.ts';
import type { Mailer } from '../driver/outgoing.ts';
import { drop } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Store } from '../store/db.ts';
import { dueDraft, nextDraft, readDraft, type StoredDraft, updateDraft } from '../store/drafts.ts';
import {
  dueSubmission,
  hurrySubmissions,
  nextSubmission,
  readSubmission,
  type StoredSubmission,
  updateSubmission,
} from '../store/submissions.ts';
import { createBell } from './bell.ts';
import { deliver } from './delivery.ts';
import { fileDraft } from './draftFiling.ts';
import type { ReadFile } from './files.ts';
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
  /** Something is to be sent by the queue of changes. */
  changed(): void;
};

/** Brings drafts and messages on their way, one after the other, beside the sync loop and independent of its cursors. */
export type Postman = {
  /** Something is due, or there is a connection by now. */
  poke(): void;
  /** There are new settings, or the person asks: what waits is tried now. */
  hurry(): void;
  /** The submission that something is being done for just now. */
  underWay(): number | null;
  /** Cuts off what is done for a submission; resolves when it stands still. */
  interrupt(submission: number): Promise<void>;
  /** Resolves when nothing is under way, and nothing due that can be done. */
  idle(): Promise<void>;
  stop(): Promise<void>;
};

/** What is to be done next. */
type Due = { submission?: StoredSubmission | undefined; draft?: StoredDraft | undefined };
type Job = { submission: number | null; control: AbortController; done: Promise<void> };

/** A postman at work. */
export const createPostman = (parts: Parts): Postman => {
  const { store, clock } = parts;
  const ending = new AbortController();
  const pauses: Pauses = { submission: createPostPauses(clock), draft: createPostPauses(clock) };
  const bell = createBell(clock);
  let job: Job | null = null;

  /** True where something was done. */
  const one = async (): Promise<boolean> => {
    const due = nextDue(store, clock.now(), pauses);
    if (!due) return false;
    const pause = due.submission ? pauses.submission : pauses.draft;
    const control = new AbortController();
    const signal = AbortSignal.any([control.signal, ending.signal]);
    const connection = await connectionFor(parts, due, signal);
    if (!connection) return false;
    // It may have been taken back while the connection was waited for.
    if (!isStill(store, due)) return !ending.signal.aborted;
    const work = carry(parts, due, connection, signal);
    job = { submission: due.submission?.id ?? null, control, done: work.catch(() => undefined) };
    try {
      await work;
      pause.over();
      parts.changed();
    } catch (thrown) {
      if (!signal.aborted) noteTrouble(parts, due, asTernError(thrown), pause);
    } finally {
      job = null;
    }
    return !ending.signal.aborted;
  };
  const loop = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const heard = bell.heard();
      while (await one());
      await bell.rest(untilNext(store, clock.now(), pauses), heard, ending.signal);
    }
  };
  const running = loop();
  drop(running, parts.log, 'the postman stopped');
  return {
    poke: () => bell.ring(),
    hurry: () => {
      for (const each of Object.values(pauses)) each.over();
      store.write((tx) => hurrySubmissions(tx, clock.now()));
      bell.ring();
    },
    underWay: () => job?.submission ?? null,
    interrupt: async (submission) => {
      if (job?.submission !== submission) return;
      job.control.abort();
      await job.done;
    },
    idle: () => bell.idle(),
    stop: async () => {
      ending.abort();
      await running.catch(() => undefined);
    },
  };
};

/** Each its own: a server for outgoing mail that is away keeps no draft from the server that holds them. */
type Pauses = { submission: PostPauses; draft: PostPauses };

/** Mail on its way goes before drafts. */
const nextDue = (store: Store, now: number, pauses: Pauses): Due | null =>
  store.read((db) => {
    const submission = pauses.submission.until() > now ? undefined : dueSubmission(db, now);
    if (submission) return { submission };
    const draft = pauses.draft.until() > now ? undefined : dueDraft(db, now);
    return draft ? { draft } : null;
  });

const isStill = (store: Store, { submission, draft }: Due): boolean =>
  store.read((db) =>
    submission
      ? readSubmission(db, submission.id)?.stage === submission.stage
      : draft !== undefined && readDraft(db, draft.id)?.stage === draft.stage,
  );

/** Until something comes due, in ms; null: nothing will. */
const untilNext = (store: Store, now: number, pauses: Pauses): number | null => {
  const due = store.read((db) => [nextSubmission(db, now), nextDraft(db, now)]).filter((at) => at !== null);
  const paused = [pauses.submission.until(), pauses.draft.until()].filter((at) => at > now);
  const next = Math.min(...due, ...paused);
  return Number.isFinite(next) ? next - now : null;
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

const carry = async (parts: Parts, { submission, draft }: Due, connection: Connection, signal: AbortSignal) => {
  if (submission) await deliver({ ...parts, ...connection, signal }, submission);
  if (draft) await fileDraft({ ...parts, mailer: connection.mailer, signal }, draft);
};

/** Nothing was done, and it costs no attempt: it is said why, and waits. */
const noteTrouble = (
  { store, clock, log }: Parts,
  { submission, draft }: Due,
  error: TernError,
  pauses: PostPauses,
): void => {
  if (error.kind === 'bug') log.error({ err: error }, 'sending failed');
  const told = { kind: error.kind, message: error.message };
  const pause = pauses.troubled(error);
  const changes = { error: told, ...(pause === 0 ? {} : { nextAttemptAt: clock.now() + pause }) };
  try {
    store.write((tx) => {
      if (submission) updateSubmission(tx, submission.id, changes);
      if (draft) updateDraft(tx, draft.id, changes);
    });
  } catch (storage) {
    // A disk that takes nothing has no room for the reason either.
    log.error({ err: storage }, 'what happened to a message cannot be noted');
    pauses.troubled(new TernError('storage', 'the disk takes nothing'));
  }
};
