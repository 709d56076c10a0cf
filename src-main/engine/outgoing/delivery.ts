import { join } from 'node:path';
import { TernError } from '../../../src-shared/errors.ts';
import type { Fate, Outlet } from '../../driver/outgoing.ts';
import { type StoredSubmission, type SubmissionStage, updateSubmission } from '../../store/submissions.ts';
import { readCursors } from '../../store/syncState.ts';
import { isIntact } from './durableFile.ts';
import { type Freezing, freezeSubmission } from './freeze.ts';
import { type HandOver, handOver, outgoingOf, recordFound } from './handOver.ts';
import { placeSubmission } from './placing.ts';
import { countTry, failSubmission, hasSomebody, LOST, stageBefore } from './sendRecord.ts';
import { finish } from './sentCopy.ts';

/** What a message is brought on its way with. */
export type Delivery = HandOver & Freezing;

/**
 * The next step of a message on its way out (docs/sending.md S1): each ends with a commit, and begins anew after a crash. Throws
 * what concerns the whole connection, or the disk: then nothing was done.
 */
export const deliver = (run: Delivery, submission: StoredSubmission): Promise<void> =>
  steps[submission.stage](run, submission);

type Step = (run: Delivery, submission: StoredSubmission) => Promise<void>;

const save = ({ store }: Delivery, { id }: StoredSubmission, changes: Parameters<typeof updateSubmission>[2]): void =>
  store.write((tx) => updateSubmission(tx, id, changes), { durable: true });

/** Its bytes, once for all. */
const freeze: Step = (run, submission) => freezeSubmission(run, submission);

/** Where the server sends what it holds it is placed there first; else its bytes are handed over. */
const dispatch: Step = async (run, submission) => {
  if (!(await isFrozen(run, submission))) return save(run, submission, { stage: 'composed', file: null, copy: null });
  const outlet = await run.mailer.outlet(run.signal);
  // What the server was to send it no longer does: what it holds is the draft, and the bytes go another way.
  if (outlet.way === 'bytes' && submission.remoteEmail !== null)
    return save(run, submission, { stage: 'frozen', remoteEmail: null, journal: null });
  const error = obstacle(outlet, submission);
  if (error) return run.store.write((tx) => failSubmission(tx, run.clock, submission, error), { durable: true });
  if (submission.sendAt > run.clock.now() && !retains(outlet, submission, run.clock.now()))
    return save(run, submission, { nextAttemptAt: submission.sendAt });
  if (outlet.way === 'held' && submission.remoteEmail === null) return placeSubmission(run, submission);
  await handOver(run, submission);
};

/** Where the disk lost the bytes they are made anew, as long as they become the same. */
const isFrozen = async ({ folder }: Delivery, { file, size, hash }: StoredSubmission): Promise<boolean> =>
  file !== null && hash !== null && (await isIntact(join(folder, file), { size, hash }));

const obstacle = ({ way, largest }: Outlet, { size }: StoredSubmission): TernError | null => {
  if (way === 'none')
    return new TernError('unsupported', 'this account cannot send: its server does not, and it has no SMTP server');
  if (largest !== null && size > largest)
    return new TernError(
      'tooLarge',
      `the message has ${megabytes(size)}, and the server takes no more than ${megabytes(largest)}`,
    );
  return null;
};

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** A wait no longer than that, in ms, is kept here, where it is taken back for certain. */
export const SHORT_HOLD = 120_000;

/** Whether the server keeps it until its time. */
const retains = ({ way, holdSeconds }: Outlet, { sendAt }: StoredSubmission, now: number): boolean =>
  way === 'held' && sendAt - now > SHORT_HOLD && holdSeconds * 1000 >= sendAt - now;

/** Cut off while it was handed over: nobody heard the answer. */
const orphan: Step = async (run, submission) =>
  save(run, submission, {
    stage: 'uncertain',
    attempts: 0,
    error: submission.error ?? { kind: 'network', message: 'Tern ended as it was handed over: it may have been sent' },
  });

/** So long after one another, in ms, the server is looked at for a message without an answer; then once an hour. */
const LOOKS = [0, 1_000, 2_000, 5_000, 15_000, 60_000];
const LATER = 3_600_000;

/** Nothing is sent: the server is looked at until it tells, and the person may say what to do. */
const look: Step = async (run, submission) => {
  const { store, clock } = run;
  const fate = await fateOf(run, submission);
  if (isFound(fate)) return store.write((tx) => recordFound(tx, clock, submission, fate), { durable: true });
  if (fate === 'refused')
    return store.write(
      (tx) => {
        const { lost } = submission;
        updateSubmission(tx, submission.id, { stage: stageBefore(submission), journal: null, lost: lost + 1 });
        const error = submission.error ?? { kind: 'network' as const, message: 'the server did not answer' };
        countTry(tx, clock, { ...submission, attempts: lost }, error, [], LOST);
      },
      { durable: true },
    );
  const attempts = submission.attempts + 1;
  save(run, submission, { attempts, nextAttemptAt: clock.now() + (LOOKS[attempts] ?? LATER) });
};

/** Whether it was handed over. */
const isFound = (fate: Fate): fate is Exclude<Fate, 'refused' | 'unknown'> => fate !== 'refused' && fate !== 'unknown';

const fateOf = async (run: Delivery, submission: StoredSubmission): Promise<Fate> => {
  const { store, mailer, signal } = run;
  // A copy in Sent, from when others got it, proves nothing of those who are left.
  if (submission.remoteEmail === null && hasSomebody(submission)) return 'unknown';
  const message = outgoingOf(run, { ...submission, sendAt: 0 });
  return mailer.fate(message, submission.journal ?? '', store.read(readCursors), signal);
};

/** Its time has come: the server has sent it by now, unless somebody took it back there. */
const released: Step = async (run, submission) => {
  // That the server took it was no word of its recipients yet.
  const recipients = submission.recipients.map((each) =>
    each.state === 'accepted' ? { ...each, state: 'queued' as const, reply: null } : each,
  );
  const asked = { ...submission, recipients, sendAt: 0 };
  const fate = await fateOf(run, asked);
  if (isFound(fate)) return run.store.write((tx) => recordFound(tx, run.clock, asked, fate), { durable: true });
  save(run, submission, {
    stage: 'uncertain',
    attempts: 0,
    recipients,
    error: { kind: 'server', message: 'the server was to send it by now, and does not say that it has' },
  });
};

const nothing: Step = async () => undefined;

const steps: Record<SubmissionStage, Step> = {
  composed: freeze,
  frozen: dispatch,
  placed: dispatch,
  committing: orphan,
  uncertain: look,
  retained: released,
  accepted: finish,
  done: nothing,
  failed: nothing,
};
