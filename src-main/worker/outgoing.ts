import { TernError } from '../../src-shared/errors.ts';
import type { PhaseName } from '../../src-shared/model.ts';
import type { Driver } from '../driver/driver.ts';
import type { Mailer } from '../driver/outgoing.ts';
import type { Engine } from '../engine/engine.ts';
import { discardChanges, retryChanges, undoChanges } from '../engine/outboxUndo.ts';
import { beginMessage, renderHtml } from '../engine/outgoing/beginMessage.ts';
import { type DraftParts, readDraftFile } from '../engine/outgoing/draftAttachments.ts';
import { discardDraft, getDraft, listDrafts, saveDraft } from '../engine/outgoing/drafts.ts';
import { createIdentities } from '../engine/outgoing/identities.ts';
import {
  checkOutgoing,
  discardOutgoing,
  outgoingChanges,
  retryOutgoing,
  splitChangeIds,
} from '../engine/outgoing/outgoingChanges.ts';
import { createPostman, type Postman } from '../engine/outgoing/postman.ts';
import { listSubmissions, type SendingParts, sendDraft } from '../engine/outgoing/sending.ts';
import { settleDrafts } from '../engine/outgoing/serverDrafts.ts';
import { cancelSubmission, resolveSubmission } from '../engine/outgoing/settling.ts';
import { sweepFiles } from '../engine/outgoing/sweepFiles.ts';
import { takeOverDraft } from '../engine/outgoing/takeOverDraft.ts';
import { listIdentities } from '../engine/outgoing/whoSends.ts';
import { drop } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Store } from '../store/db.ts';
import { listChanges } from '../store/pendingList.ts';
import type { AccountCalls } from './calls.ts';
import type { Reading } from './reading.ts';

type Parts = {
  account: string;
  store: Store;
  clock: Clock;
  log: Log;
  /** The account's folder. */
  folder: string;
  engine: Engine;
  reading: Reading;
};

/** What a person writes and sends, on an open account. */
export type Outgoing = {
  calls: Pick<AccountCalls, OutgoingCall>;
  /** A pull is over: drafts are brought in step with it. */
  rested(): void;
  /** The machine slept, or its network is another one: no pause of before holds. */
  woken(): void;
  /** The sync loop is in a phase: from `flushing` on there is a connection. */
  phase(name: PhaseName): void;
  /** There are new settings: what was refused may work now. */
  renewed(): void;
  stop(): Promise<void>;
};

type OutgoingCall =
  | `drafts.${'begin' | 'save' | 'get' | 'file' | 'list' | 'discard' | 'send'}`
  | `submissions.${'list' | 'cancel' | 'resolve'}`
  | 'identities.list'
  | `changes.${'list' | 'retry' | 'discard' | 'undo'}`;

/** What was sent leaves its attachments behind: they are looked for so often, in ms. */
const SWEEP_MS = 3_600_000;

/** Sending on an open account: the postman is at work from here on. */
export const startOutgoing = (parts: Parts): Outgoing => {
  const { store, clock, log, folder, engine, reading } = parts;
  const reader = (signal: AbortSignal): Promise<Driver> => engine.reader(signal);
  const postman = createPostman({
    store,
    clock,
    log,
    folder,
    readFile: reading.readFile,
    textOf: async (html, signal) => (await renderHtml(reading.renderer, html, signal)).text,
    reader,
    changed: () => engine.changed(),
  });
  const readIdentities = createIdentities(store, clock, reader);
  const ending = new AbortController();
  let before: PhaseName = 'stopped';
  let sweptAt = Number.NEGATIVE_INFINITY;
  return {
    calls: { ...draftCalls(parts, postman), ...changeCalls(parts, sendingParts(parts, postman)) },
    rested: () => {
      if (settleDrafts(store, clock)) engine.changed();
      if (clock.monotonic() - sweptAt < SWEEP_MS) return;
      sweptAt = clock.monotonic();
      drop(sweepFiles(store, clock, folder), log, 'old files cannot be removed');
    },
    phase: (name) => {
      const wasLive = before === 'live';
      before = name;
      if (name !== 'flushing') return;
      if (wasLive) postman.poke();
      else postman.connected();
      readIdentities(ending.signal).catch((error: unknown) => log.info({ err: error }, 'identities cannot be read'));
    },
    woken: () => postman.connected(),
    renewed: () => postman.hurry(),
    stop: async () => {
      ending.abort();
      await postman.stop();
    },
  };
};

const sendingParts = ({ account, store, clock, folder, engine }: Parts, postman: Postman): SendingParts => ({
  account,
  store,
  clock,
  folder,
  postman,
  mailer: async (signal): Promise<Mailer> => {
    const { mailer } = await engine.reader(signal);
    if (!mailer) throw new TernError('unsupported', 'this account cannot send');
    return mailer;
  },
});

const draftCalls = (parts: Parts, postman: Postman): Pick<AccountCalls, Exclude<OutgoingCall, `changes.${string}`>> => {
  const { account, store, engine, reading } = parts;
  const drafts: DraftParts = parts;
  const sending = sendingParts(parts, postman);
  return {
    'drafts.begin': (input, signal) => beginMessage({ ...parts, ...reading }, input, signal),
    'drafts.save': async (input) => {
      const saved = await saveDraft(drafts, input);
      postman.poke();
      return saved;
    },
    'drafts.get': async ({ draft, email }, signal) =>
      getDraft(drafts, draft ?? (await takeOverDraft(drafts, reading, email ?? '', signal))),
    'drafts.file': (input, signal) => readDraftFile(drafts, reading.readFile, input, signal),
    'drafts.list': () => ({ drafts: listDrafts(drafts) }),
    'drafts.discard': async ({ draft }) => {
      await discardDraft(drafts, draft);
      engine.changed();
      return {};
    },
    'drafts.send': (input) => sendDraft(sending, input),
    'submissions.list': () => ({ submissions: listSubmissions(sending) }),
    'submissions.cancel': async ({ submission }, signal) => ({
      state: await cancelSubmission(sending, submission, signal),
    }),
    'submissions.resolve': async ({ submission, action }) => ({
      state: await resolveSubmission(sending, submission, action),
    }),
    'identities.list': () => ({ identities: store.read((db) => listIdentities(db, account)) }),
  };
};

/** Changes, with drafts and messages that are not settled among them. */
const changeCalls = (
  { account, store, clock, engine }: Parts,
  sending: SendingParts,
): Pick<AccountCalls, `changes.${'list' | 'retry' | 'discard' | 'undo'}`> => ({
  'changes.list': () => ({
    changes: store
      .read((db) => [...listChanges(db, account), ...outgoingChanges(db, account)])
      .toSorted((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt)),
  }),
  'changes.retry': async ({ ids }) => {
    const { own, outgoing } = splitChangeIds(ids);
    checkOutgoing(sending, outgoing);
    retryChanges(store, clock, own);
    await retryOutgoing(sending, outgoing);
    engine.changed();
    return { ids };
  },
  'changes.discard': async ({ ids }, signal) => {
    const { own, outgoing } = splitChangeIds(ids);
    checkOutgoing(sending, outgoing);
    discardChanges(store, clock, own);
    engine.changed();
    await discardOutgoing(sending, outgoing, signal);
    return { ids };
  },
  'changes.undo': async ({ ids }, signal) => {
    const { own, outgoing } = splitChangeIds(ids);
    checkOutgoing(sending, outgoing);
    const undone = undoChanges(store, clock, own);
    await discardOutgoing(sending, outgoing, signal);
    engine.changed();
    return { ...undone, ids: [...undone.ids, ...outgoing] };
  },
});
