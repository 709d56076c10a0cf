import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { ReadDb } from '../../src-main/store/db.ts';
import type { PendingChange } from '../../src-shared/contractRows.ts';
import { asTernError, TernError } from '../../src-shared/errors.ts';
import { type Proxy, startProxy } from '../servers/proxy.ts';
import { type Host, startHost } from '../support/host.ts';
import { isRunning, killHard } from '../support/processes.ts';
import { seededRandom } from '../support/random.ts';
import type { Act, Actor, Readable } from './actor.ts';
import { endsOf } from './ends.ts';
import type { Result } from './history.ts';
import { createLedger } from './ledger.ts';
import { others } from './others.ts';
import { person } from './person.ts';
import type { RealAccount, RealServer, Running } from './realServers.ts';
import { brokenFile, brokenRules } from './storeRules.ts';

/** What a run against a real server uses from history to history. */
export type Stage = { running: Running; proxy: Proxy; host(): Host; comeBack(): void; stop(): Promise<void> };

/** The server, a proxy before it, and a host; one of each for all histories. */
export const openStage = async (server: RealServer): Promise<Stage> => {
  const running = await server.start();
  const proxy = await startProxy(running.port, running.dialect);
  const dataDir = mkdtempSync(join(tmpdir(), 'tern-chaos-'));
  let host = startHost({ dataDir, quiet: true });
  return {
    running,
    proxy,
    host: () => host,
    comeBack: () => {
      host = startHost({ dataDir, quiet: true });
    },
    stop: async () => {
      const workers = host.workers();
      await host.kill();
      await Promise.all(workers.filter(isRunning).map(killHard));
      await proxy.stop();
      await running.stop();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
};

/** Looks into the database of an account while a worker uses it: another reader of the log does no harm. */
const openReadable = (file: string): { raw: Readable; close(): void } => {
  const db = new Database(file, { readonly: true, timeout: 10_000 });
  const handle = {
    all: (sql: string, ...values: unknown[]) => db.prepare(sql).all(...values),
    get: (sql: string, ...values: unknown[]) => db.prepare(sql).get(...values),
  } as unknown as ReadDb;
  return { raw: { read: (fn) => fn(handle) }, close: () => void db.close() };
};

type Scene = Actor & {
  stage: Stage;
  account: string;
  eyes: RealAccount['eyes'];
  faults: Map<string, number>;
  random: () => number;
};

const count = (scene: Scene, name: string): void => void scene.faults.set(name, (scene.faults.get(name) ?? 0) + 1);

/** Kills the worker so many ms from now, or whenever it is there. */
const killWorker = async (scene: Scene, after: number): Promise<void> => {
  await sleep(after);
  for (const worker of scene.stage.host().workers()) {
    count(scene, 'kill -9 of the worker');
    await killHard(worker);
  }
};

const roughly = async (act: () => Promise<unknown>): Promise<void> => {
  await act().catch((error: unknown) => {
    const { kind } = asTernError(error);
    if (kind === 'bug' && !/crashed/.test(String(error))) throw error;
  });
};

const sync = (scene: Scene): Promise<void> => roughly(() => scene.stage.host().call('sync.now', scene.account, {}));

const weather: Record<string, Act<Scene>> = {
  sync: (scene) => sync(scene),
  killWhileSyncing: async (scene, _, amount) => {
    await Promise.all([sync(scene), killWorker(scene, scene.random() * 30 * amount)]);
  },
  killWhileCalling: async (scene, pick, amount) => {
    const acts = Object.values(person);
    await Promise.all([pick(acts)?.(scene, pick, amount), killWorker(scene, scene.random() * 4)]);
  },
  killHost: async (scene, pick) => {
    // Starting one takes most of a history's time.
    if (pick([true, false]) === true) return;
    count(scene, 'kill -9 of the host');
    const workers = scene.stage.host().workers();
    await scene.stage.host().kill();
    await Promise.all(workers.filter(isRunning).map(killHard));
    scene.stage.comeBack();
  },
  cutSet: (scene, pick) =>
    scene.stage.proxy.cutNext(pick(['before', 'during', 'after', 'after'] as const) ?? 'after', true),
  cutAny: (scene, pick) => scene.stage.proxy.cutNext(pick(['before', 'during', 'after'] as const) ?? 'after', false),
  slow: (scene, pick) => {
    count(scene, 'a slow line');
    scene.stage.proxy.delay(pick([0, 5, 40]) ?? 0);
  },
  refuse: async (scene) => {
    count(scene, 'connections refused');
    await scene.stage.proxy.refuse(true);
    await sync(scene);
    await scene.stage.proxy.refuse(false);
  },
  wait: async (scene) => sleep(scene.random() * 40),
};

/** Another client acts while the worker stands still, so that what it did can be told from what Tern does. */
const still = async (scene: Scene, act: () => void | Promise<void>): Promise<void> => {
  const workers = scene.stage.host().workers();
  for (const worker of workers) signal(worker, 'SIGSTOP');
  try {
    await act();
  } finally {
    for (const worker of workers) signal(worker, 'SIGCONT');
  }
};

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone.
  }
};

const perform = async (scene: Scene): Promise<void> => {
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(scene.random() * from.length)];
  const group = pick([person, person, person, others, others, weather, weather]);
  const name = pick(Object.keys(group ?? {})) ?? 'sync';
  const amount = 1 + Math.floor(scene.random() * 4);
  if (group === others) await still(scene, () => others[name]?.(scene, pick, amount));
  else if (group === person) await person[name]?.(scene, pick, amount);
  else await weather[name]?.(scene, pick, amount);
  scene.ledger.catchUp();
};

/** The trouble is over: what waits is made due, until nothing does. */
const calmDown = async (scene: Scene): Promise<void> => {
  await scene.stage.proxy.calm();
  const open = (change: PendingChange): boolean => change.state !== 'failed';
  for (let round = 0; round < 60; round++) {
    await sync(scene);
    const listed = await scene.stage
      .host()
      .call('changes.list', scene.account, {})
      .catch(() => null);
    const ids = listed?.changes.filter(open).map(({ id }) => id);
    if (ids?.length === 0 && round >= 2) return;
    if (ids && ids.length > 0) await roughly(() => scene.stage.host().call('changes.retry', scene.account, { ids }));
    if (round > 10) await sleep(200);
  }
  scene.wrong.push('changes wait for ever');
};

const judge = async (scene: Scene): Promise<void> => {
  const { wrong, raw, ledger, stage, eyes } = scene;
  const truth = await ledger.look();
  wrong.push(...(await eyes.differences(raw)).map((line) => `not equal: ${line}`));
  wrong.push(...ledger.verdict(truth), ...brokenRules(raw), ...brokenFile(raw));
  const before = stage.proxy.sets();
  await sync(scene);
  if (stage.proxy.sets() !== before) wrong.push(`a further cycle sends ${stage.proxy.sets() - before} sets`);
};

/** The person's calls. A worker that was killed too often in a row comes back with `sync.now`, as people are told. */
const callsOf = (stage: Stage, account: string): Actor['mail'] => {
  const calling = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      if (!/crashed/.test(String(error))) throw error;
      await stage.host().call('sync.now', account, {});
      throw new TernError('cancelled', 'the worker was killed too often');
    }
  };
  return {
    submit: (changes) => calling(async () => (await stage.host().call('changes.submit', account, { changes })).ids),
    undo: (ids) => calling(() => stage.host().call('changes.undo', account, { ids })),
    discard: (ids) => calling(() => stage.host().call('changes.discard', account, { ids })),
    retry: (ids) => calling(() => stage.host().call('changes.retry', account, { ids })),
    tell: () => undefined,
  };
};

const openScene = async (stage: Stage, seed: number): Promise<{ scene: Scene; close: () => Promise<void> }> => {
  const user = `user${seed}-${Date.now()}`;
  const { server, eyes, config, credential } = await stage.running.addUser(user, stage.proxy.port);
  let mails = 0;
  const subject = (): string => `mail ${++mails}`;
  const roles = Object.entries((await server.truth()).mailboxes).flatMap(([id, { role }]) =>
    role ? [[role, id]] : [],
  );
  const [inbox, archive] = [Object.fromEntries(roles)['inbox'], Object.fromEntries(roles)['archive']];
  const first = Array.from({ length: 6 }, (_, n) => ({
    mailboxIds: [(n < 4 ? inbox : archive) ?? ''],
    subject: subject(),
  }));
  await server.deliver(first);
  const input = { email: `${user}@example.test`, config, credential };
  const { account } = await stage.host().call('accounts.add', null, input);
  await stage.host().call('sync.now', account.id, {});
  const readable = openReadable(join(stage.host().dataDir, 'accounts', account.id, 'mail.sqlite'));
  let made = 0;
  const scene: Scene = {
    stage,
    account: account.id,
    server,
    raw: readable.raw,
    eyes,
    ledger: createLedger(readable.raw, eyes),
    wrong: [],
    submitted: [],
    faults: new Map(),
    random: seededRandom(seed),
    mail: callsOf(stage, account.id),
    single: eyes.single,
    mayTouch: (role) => role === null,
    mayFail: () => false,
    next: () => ++made,
    subject,
  };
  await scene.ledger.look();
  scene.ledger.catchUp();
  const close = async (): Promise<void> => {
    readable.close();
    await stage.proxy.calm();
    await stage.host().call('accounts.remove', null, { account: account.id });
  };
  return { scene, close };
};

/** One history on a new account of the stage's server. */
export const liveOn = async (stage: Stage, seed: number): Promise<Omit<Result, 'trace'>> => {
  const { scene, close } = await openScene(stage, seed);
  try {
    const steps = 12 + Math.floor(scene.random() * 12);
    for (let step = 0; step < steps; step++) await perform(scene);
    await calmDown(scene);
    await judge(scene);
    const { wrong, faults, raw, submitted } = scene;
    return { wrong, faults, crashPoints: new Map(), changes: endsOf(raw, submitted) };
  } finally {
    await close();
  }
};
