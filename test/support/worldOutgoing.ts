import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import pino from 'pino';
import type { z } from 'zod';
import type { Driver } from '../../src-main/driver/driver.ts';
import { applyDelta, noCounts } from '../../src-main/engine/apply.ts';
import { discardDraft, getDraft, listDrafts, saveDraft } from '../../src-main/engine/drafts.ts';
import { createPostman, type Postman } from '../../src-main/engine/postman.ts';
import {
  cancelSubmission,
  listSubmissions,
  resolveSubmission,
  type SendingParts,
  sendDraft,
} from '../../src-main/engine/sending.ts';
import { settleDrafts } from '../../src-main/engine/serverDrafts.ts';
import { writeAccount } from '../../src-main/store/account.ts';
import { Store } from '../../src-main/store/db.ts';
import { putIdentities } from '../../src-main/store/identities.ts';
import { putMailbox } from '../../src-main/store/mailboxes.ts';
import { migrate } from '../../src-main/store/migrate.ts';
import { type Draft, type DraftRow, draftInputSchema, type Submission } from '../../src-shared/draft.ts';
import { TernError } from '../../src-shared/errors.ts';
import { type CrashStore, crashStore } from '../chaos/crashStore.ts';
import { remoteEmail, remoteMailbox } from './builders.ts';
import { type FakeClock, fakeClock, settle } from './clock.ts';
import { type FakeMailer, fakeMailer } from './fakeMailer.ts';

type DraftGiven = z.input<typeof draftInputSchema>;

/** An account that writes and sends, on a clock that only the test moves. */
export type Desk = {
  readonly mailer: FakeMailer;
  readonly clock: FakeClock;
  readonly folder: string;
  readonly library: Library;
  /** Whether there is a connection. */
  online: boolean;
  /** A connection is being made until this resolves. */
  arriving: Promise<void>;
  /** The server tells of these. */
  identities(all: Parameters<typeof putIdentities>[1]): void;
  save(draft: DraftGiven): Promise<string>;
  draft(id: string): Draft;
  drafts(): DraftRow[];
  discard(id: string): Promise<void>;
  send(draft: string, more?: { undoSeconds?: number; sendAt?: string }): string;
  cancel(submission: string): Promise<void>;
  resolve(submission: string, action: 'check' | 'resend' | 'discard'): Promise<string>;
  submission(id: string): Submission | undefined;
  submissions(): Submission[];
  /** Waits until nothing happens any more without time going on. */
  rest(): Promise<void>;
  /** There is a connection by now. */
  connect(): Promise<void>;
  /** Files that are kept for drafts and for mail on its way. */
  files(): string[];
  crashAt(n: number): void;
  crashed(): boolean;
  /** The program starts again after it ended, or died. */
  restart(): Promise<void>;
  /** Brings what lies on the server, as a pull does; what the person removed goes there, too. */
  pull(): Promise<void>;
  /** Time goes on, in steps, and whatever that leads to happens. */
  pass(ms: number): Promise<void>;
  end(): Promise<void>;
};

/** Who writes in these tests. */
export const ALICE = 'alice@example.test';

type Role = 'inbox' | 'drafts' | 'sent';
const usual: readonly Role[] = ['inbox', 'drafts', 'sent'];

const firstMailboxes = (store: Store, roles: readonly Role[]): void =>
  store.write((tx) => {
    writeAccount(tx, {
      id: 'desk',
      email: ALICE,
      name: 'Alice',
      config: { protocol: 'jmap', sessionUrl: 'http://127.0.0.1' },
      credential: '',
      paused: false,
      order: 0,
      colour: null,
    });
    for (const role of roles) putMailbox(tx, remoteMailbox({ remoteId: role, name: role, role }));
  });

/** What the queue of changes is to destroy is gone from the server. */
const flushDestroyed = (store: Store, mailer: FakeMailer): void => {
  const gone = store.read((db) =>
    db.all<{ remote_id: string }>(
      "SELECT e.remote_id FROM pending_emails p JOIN emails e ON e.id = p.email_id WHERE p.effect LIKE '%destroy%'",
    ),
  );
  for (const { remote_id: remoteId } of gone) {
    const at = mailer.filed.findIndex((each) => each.remoteId === remoteId);
    if (at >= 0) mailer.filed.splice(at, 1);
  }
};

const bring = async (store: Store, { filed }: FakeMailer): Promise<void> => {
  const held = store.read((db) => db.all<{ remote_id: string }>('SELECT remote_id FROM emails'));
  const there = new Set(filed.map(({ remoteId }) => remoteId));
  await applyDelta(
    store,
    {
      emails: {
        put: filed.map(({ remoteId, messageId, mailbox, keywords }) =>
          remoteEmail({
            remoteId,
            mailboxIds: [mailbox],
            keywords,
            headers: { messageId: [messageId] } as never,
          }),
        ),
        patched: [],
        destroyed: held.map((row) => row.remote_id).filter((remoteId) => !there.has(remoteId)),
      },
      cursors: [],
    },
    noCounts(),
  );
};

type Life = { watched: CrashStore; postman: Postman };
/** Where parts of emails are read from: nothing is there. */
type Library = { reads: number; error: TernError };

type Place = { library: Library; raw: Store; clock: FakeClock; mailer: FakeMailer; folder: string };

const startLife = (
  { raw, clock, mailer, folder, library }: Place,
  network: () => Pick<Desk, 'online' | 'arriving'>,
): Life => {
  const watched = crashStore(raw, () => undefined);
  const { store } = watched;
  const readFile = async (): Promise<never> => {
    library.reads += 1;
    throw library.error;
  };
  const reader = async (): Promise<Driver> => {
    await network().arriving;
    if (!network().online) throw new Error('offline');
    return { mailer } as unknown as Driver;
  };
  const log = pino({ level: 'silent' });
  const postman = createPostman({
    store,
    clock,
    log,
    folder,
    readFile,
    textOf: async (html) => html.replaceAll(/<[^>]*>/g, ''),
    reader,
    changed: () => undefined,
  });
  return { watched, postman };
};

/** What the person does. */
const calls = (
  parts: () => SendingParts,
): Pick<
  Desk,
  'save' | 'draft' | 'drafts' | 'discard' | 'send' | 'cancel' | 'resolve' | 'submission' | 'submissions'
> => ({
  save: async (draft) => {
    const { draft: id } = await saveDraft(parts(), draftInputSchema.parse(draft));
    parts().postman.poke();
    return id;
  },
  draft: (id) => getDraft(parts(), id),
  drafts: () => listDrafts(parts()),
  discard: (id) => discardDraft(parts(), id),
  send: (draft, more) => sendDraft(parts(), { draft, undoSeconds: 0, ...more }).submission,
  cancel: (submission) => cancelSubmission(parts(), submission, new AbortController().signal),
  resolve: (submission, action) => resolveSubmission(parts(), submission, action),
  submission: (id) => listSubmissions(parts()).find((each) => each.id === id),
  submissions: () => listSubmissions(parts()),
});

const filesIn = (folder: string): string[] =>
  ['drafts', 'outbox']
    .filter((place) => existsSync(join(folder, place)))
    .flatMap((place) => readdirSync(join(folder, place)).map((name) => join(place, name)));

const emptyPlace = (way: 'held' | 'bytes', roles: readonly Role[]): Place => {
  const folder = mkdtempSync(join(tmpdir(), 'tern-desk-'));
  const library = { reads: 0, error: new TernError('notFound', 'nothing to be read') };
  const raw = Store.open(join(folder, 'mail.sqlite'), { create: true });
  migrate(raw);
  firstMailboxes(raw, roles);
  return { raw, clock: fakeClock(), mailer: fakeMailer(way), folder, library };
};

/** A desk that somebody has to end. */
export const openDesk = async (way: 'held' | 'bytes' = 'bytes', roles: readonly Role[] = usual): Promise<Desk> => {
  const place = emptyPlace(way, roles);
  const { raw, clock, mailer, folder } = place;
  const begin = (): Life => startLife(place, () => desk);
  let life = begin();
  const parts = (): SendingParts => {
    const { postman, watched } = life;
    return { account: 'desk', store: watched.store, clock, folder, postman, mailer: async () => mailer };
  };
  const rest = async (): Promise<void> => {
    await settle();
    await life.postman.idle();
    await settle();
  };
  const pull = async (): Promise<void> => {
    flushDestroyed(raw, mailer);
    await bring(raw, mailer);
  };
  const desk: Desk = {
    ...place,
    ...calls(parts),
    online: true,
    arriving: Promise.resolve(),
    identities: (all) => raw.write((tx) => putIdentities(tx, all)),
    rest,
    connect: async () => {
      desk.online = true;
      life.postman.poke();
      await rest();
    },
    files: () => filesIn(folder),
    crashAt: (n) => life.watched.crashAt(n),
    crashed: () => life.watched.crashed(),
    restart: async () => {
      await life.postman.stop();
      life = begin();
      await rest();
    },
    pull: async () => {
      await pull();
      settleDrafts(life.watched.store, clock);
      await pull();
    },
    pass: async (ms) => {
      for (let step = 0; step < 30; step++) {
        await clock.advance(Math.ceil(ms / 30));
        await rest();
      }
    },
    end: async () => {
      await life.postman.stop();
      raw.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return desk;
};

/** A desk that ends with its test. */
export const desk = async (
  t: TestContext,
  way: 'held' | 'bytes' = 'bytes',
  roles: readonly Role[] = usual,
): Promise<Desk> => {
  const made = await openDesk(way, roles);
  t.after(() => made.end());
  return made;
};
