import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import pino from 'pino';
import type { Driver } from '../../src-main/driver/driver.ts';
import type { Mailer } from '../../src-main/driver/outgoing.ts';
import type { ReadFile } from '../../src-main/engine/files.ts';
import { createPostman, type Postman } from '../../src-main/engine/outgoing/postman.ts';
import type { SendingParts } from '../../src-main/engine/outgoing/sending.ts';
import { settleDrafts } from '../../src-main/engine/outgoing/serverDrafts.ts';
import { sweepFiles } from '../../src-main/engine/outgoing/sweepFiles.ts';
import { raceSignal } from '../../src-main/lib/async.ts';
import { writeAccount } from '../../src-main/store/account.ts';
import { Store } from '../../src-main/store/db.ts';
import { putIdentities } from '../../src-main/store/identities.ts';
import { migrate } from '../../src-main/store/migrate.ts';
import { TernError } from '../../src-shared/errors.ts';
import { type CrashStore, crashStore } from '../chaos/crashStore.ts';
import { type FakeClock, fakeClock, settle } from './clock.ts';
import { type DeskCalls, deskCalls } from './deskCalls.ts';
import { type FakeMailer, fakeMailer } from './fakeMailer.ts';
import { sourcesIn } from './mailSources.ts';
import type { Site, SiteRun } from './site.ts';
import { fakeSite, type Role } from './siteFake.ts';

/** An account that writes and sends, on a clock that only the test moves. */
export type AnyDesk = DeskCalls & {
  readonly clock: FakeClock;
  readonly folder: string;
  readonly library: Library;
  /** Whether there is a connection. */
  online: boolean;
  /** How often the sync loop was told that it has something to do. */
  told: number;
  /** Waited for before a connection is there. */
  connecting: Promise<void>;
  /** How parts of emails are read. */
  readFile: ReadFile;
  /** The server tells of these. */
  identities(all: Parameters<typeof putIdentities>[1]): void;
  /** Waits until nothing happens any more without time going on. */
  rest(): Promise<void>;
  /** There is a connection by now. */
  connect(): Promise<void>;
  /** Something may be due. */
  poke(): void;
  /** There are new settings. */
  hurry(): void;
  /** Files that are kept for drafts and for mail on its way. */
  files(): string[];
  /** The disk loses what is in the files of a folder. */
  damage(place: 'drafts' | 'outbox'): Promise<void>;
  /** Removes those that nobody needs, as if they were old. */
  sweep(): Promise<void>;
  /** The messages in the mailbox with a role, as a pull brought them, each as the server has it. */
  sources(role: string): Promise<string[]>;
  crashAt(n: number): void;
  crashed(): boolean;
  /** Who the server was found to let the person send as. */
  know(identity: { remoteId: string; name: string; email: string }): void;
  /** Every submission is gone from this disk. */
  forget(): void;
  /** Whether every commit so far would outlast a power cut: the last one was durable. */
  isOnDisk(): boolean;
  /** The program starts again after it ended, or died. */
  restart(): Promise<void>;
  /** Brings what lies on the server, as a pull does; what the person removed goes there, too. */
  pull(): Promise<void>;
  /** Time goes on, in steps, and whatever that leads to happens. */
  pass(ms: number, steps?: number): Promise<void>;
  end(): Promise<void>;
};

/** A desk whose server is plain values. */
export type Desk = AnyDesk & { readonly mailer: FakeMailer };

/** Where parts of emails are read from, unless a test has others: nothing is there. */
type Library = { reads: number; error: TernError };

/** Who writes in these tests. */
export const ALICE = 'alice@example.test';

type Life = { watched: CrashStore; postman: Postman; run: SiteRun; reader: (signal: AbortSignal) => Promise<Driver> };
type Place = { site: Site; raw: Store; clock: FakeClock; folder: string };

const startLife = (
  { site, raw, clock, folder }: Place,
  person: Pick<AnyDesk, 'online' | 'connecting' | 'readFile' | 'told'>,
): Life => {
  const watched = crashStore(raw, () => undefined);
  const { store } = watched;
  const run = site.start(raw, clock);
  const reader = async (signal: AbortSignal): Promise<Driver> => {
    if (!person.online) throw new TernError('network', 'offline');
    await raceSignal(person.connecting, signal);
    return run.driver(signal);
  };
  const log = pino({ level: 'silent' });
  const postman = createPostman({
    store,
    clock,
    log,
    folder,
    readFile: (...args) => person.readFile(...args),
    textOf: async (html) => html.replaceAll(/<[^>]*>/g, ''),
    reader,
    changed: () => void (person.told += 1),
  });
  return { watched, postman, run, reader };
};

const filesIn = (folder: string): string[] =>
  ['drafts', 'outbox']
    .filter((place) => existsSync(join(folder, place)))
    .flatMap((place) => readdirSync(join(folder, place)).map((name) => join(place, name)));

/** In memory where the system has such a place: nothing here is about the disk itself, and syncing takes most of the time. */
const PLACE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

const emptyPlace = (site: Site): Place => {
  const folder = mkdtempSync(join(PLACE, 'tern-desk-'));
  const raw = Store.open(join(folder, 'mail.sqlite'), { create: true });
  migrate(raw);
  const account = { id: 'desk', email: ALICE, name: 'Alice', paused: false, order: 0, colour: null };
  raw.write((tx) => writeAccount(tx, { ...account, config: site.config, credential: '' }));
  return { site, raw, clock: fakeClock(), folder };
};

const never = new AbortController().signal;

const partsOf = ({ clock, folder }: Place, { postman, watched, reader }: Life): SendingParts => ({
  account: 'desk',
  store: watched.store,
  clock,
  folder,
  postman,
  mailer: async (signal): Promise<Mailer> => {
    const driver = await reader(signal);
    assert.ok(driver.mailer);
    return driver.mailer;
  },
});

/** What lies about, on this machine and on the server. */
const looks = (
  { raw, clock, folder }: Place,
  life: () => Life,
): Pick<AnyDesk, 'files' | 'damage' | 'sweep' | 'sources' | 'know' | 'forget'> => ({
  know: (identity: { remoteId: string; name: string; email: string }) =>
    raw.write((tx) => putIdentities(tx, [{ ...identity, replyTo: [], bcc: [], textSignature: '', htmlSignature: '' }])),
  forget: () => void raw.write((tx) => tx.run('DELETE FROM submissions')),

  files: () => filesIn(folder),
  damage: async (place) => {
    for (const file of filesIn(folder)) if (file.startsWith(place)) await writeFile(join(folder, file), 'damaged');
  },
  sweep: async () => {
    const old = clock.now() / 1000 - 86_400;
    for (const file of filesIn(folder)) utimesSync(join(folder, file), old, old);
    await sweepFiles(life().watched.store, clock, folder);
  },
  sources: async (role) => sourcesIn(raw, await life().reader(never), role),
});

const emptyLibrary = (): Library => ({ reads: 0, error: new TernError('notFound', 'nothing to be read') });

const readingFrom =
  (library: Library): ReadFile =>
  async () => {
    library.reads += 1;
    throw library.error;
  };

/** Until nothing that is due can be done. */
const restOf = async (postman: Pick<Postman, 'idle'>): Promise<void> => {
  await settle();
  await postman.idle();
  await settle();
};

/** A desk at a site that somebody has to end. */
export const openDeskAt = async (site: Site): Promise<AnyDesk> => {
  const place = emptyPlace(site);
  const { raw, clock, folder } = place;
  const library = emptyLibrary();
  const person = { online: true, told: 0, connecting: Promise.resolve(), readFile: readingFrom(library) };
  let life = startLife(place, person);
  const parts = (): SendingParts => partsOf(place, life);
  const rest = (): Promise<void> => restOf(life.postman);
  const stop = async (): Promise<void> => {
    await life.postman.stop();
    await life.run.stop();
  };
  return Object.assign(
    person,
    deskCalls(parts),
    looks(place, () => life),
    {
      clock,
      folder,
      library,
      identities: (all: Parameters<typeof putIdentities>[1]) => raw.write((tx) => putIdentities(tx, all)),
      rest,
      connect: async () => {
        person.online = true;
        life.postman.connected();
        await rest();
      },
      poke: () => life.postman.poke(),
      hurry: () => life.postman.hurry(),
      crashAt: (n: number) => life.watched.crashAt(n),
      crashed: () => life.watched.crashed(),
      isOnDisk: () => life.watched.isOnDisk(),
      restart: async () => {
        await stop();
        life = startLife(place, person);
        await rest();
      },
      pull: async () => {
        await life.run.pull();
        settleDrafts(life.watched.store, clock);
        await life.run.pull();
      },
      pass: async (ms: number, steps = 30) => {
        for (let step = 0; step < steps; step++) {
          await clock.advance(Math.ceil(ms / steps));
          await rest();
        }
      },
      end: async () => {
        await stop();
        await site.stop();
        raw.close();
        rmSync(folder, { recursive: true, force: true });
      },
    },
  );
};

/** A desk of plain values that somebody has to end. */
export const openDesk = async (way: 'held' | 'bytes' = 'bytes', roles?: readonly Role[]): Promise<Desk> => {
  const mailer = fakeMailer(way);
  return Object.assign(await openDeskAt(fakeSite(mailer, roles)), { mailer });
};

/** A desk that ends with its test. */
export const desk = async (t: TestContext, way: 'held' | 'bytes' = 'bytes', roles?: readonly Role[]): Promise<Desk> => {
  const made = await openDesk(way, roles);
  t.after(() => made.end());
  return made;
};
