import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { CallInput, CallName, CallOutput } from '../../src-shared/contract.ts';
import { fromWire, TernError, type WireError } from '../../src-shared/errors.ts';
import type { EventData, EventName } from '../../src-shared/events.ts';
import type { MailServer } from '../servers/mailServer.ts';
import { isRunning, killHard, until, workersOf } from './processes.ts';

const entry = fileURLToPath(new URL('../../src-main/headless.ts', import.meta.url));

/** Starting is most of what a host costs in tests; what Node compiled once need not be compiled again. */
const compileCache = join(tmpdir(), 'tern-test-compile-cache');

/** An event as the headless host prints it. */
export type HostEvent = { [N in EventName]: { event: N; account: string; data: EventData<N> } }[EventName];

/** An answer line as the headless host prints it. */
export type Line = { id?: string | number | null; ok?: unknown; error?: WireError };

/** A headless host in a process of its own, driven over its stdin and stdout as any other program would. */
export type Host = {
  dataDir: string;
  process: ChildProcessByStdio<Writable, Readable, Readable>;
  pid: number;
  /** Calls and answers the output, or throws the `TernError` that came back. */
  call<N extends CallName>(name: N, account: string | null, input: CallInput<N>): Promise<CallOutput<N>>;
  /** Sends a request of any shape under a fresh id and answers the line that came back. */
  ask(request: { call: string; account?: unknown; input?: unknown }): Promise<Line>;
  /** Writes a line as it is and answers the next line with that id. */
  raw(line: string, id: string | number | null): Promise<Line>;
  /** Every line so far that is no event, oldest first. */
  lines: Line[];
  /** Every event so far, oldest first. */
  events: HostEvent[];
  /** Resolves with the first event, past or to come, that matches. */
  event(matches: (event: HostEvent) => boolean): Promise<HostEvent>;
  /** What it wrote to stderr so far. */
  stderr(): string;
  /** Process ids of its workers right now. */
  workers(): number[];
  /** The exit status, null when a signal ended it. */
  exited: Promise<number | null>;
  /** Ends the input and resolves with the exit status. */
  end(): Promise<number | null>;
  /** kill -9, then waits until it is gone. */
  kill(): Promise<void>;
};

/** How to start a host; a fresh temporary data folder, which `end` then deletes, unless one is named. `program`: a built one. */
export type HostOptions = { dataDir?: string; env?: Record<string, string>; quiet?: boolean; program?: string };

/** Starts a headless host. With `quiet` its stderr is only kept, not shown. */
export const startHost = (options: HostOptions = {}): Host => {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'tern-test-'));
  const child = spawn(process.execPath, [options.program ?? entry, '--data', dataDir], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache, ...options.env },
  });
  // Closed, not only ended: then everything it printed was read, too.
  const closed = once(child, 'close') as Promise<[number | null]>;
  const exited = closed.then(([code]) => code);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    if (!options.quiet) process.stderr.write(text);
  });
  // Writing to a host that just ended is what some tests do; its exit tells the same.
  child.stdin.on('error', () => undefined);
  const lines = readLines(child.stdout);
  // Told to whoever waits, not raced by each call: a race would keep every answer for as long as the host runs.
  exited.then(lines.end, lines.end);
  const raw = (text: string, id: string | number | null): Promise<Line> => {
    const answer = lines.next(id, text.slice(0, 200));
    child.stdin.write(`${text}\n`);
    return answer;
  };
  let lastId = 0;
  const ask: Host['ask'] = (request) => {
    const id = ++lastId;
    return raw(JSON.stringify({ id, ...request }), id);
  };
  return {
    dataDir,
    process: child,
    pid: child.pid ?? 0,
    lines: lines.answers,
    events: lines.events,
    event: lines.event,
    exited,
    raw,
    ask,
    call: async (call, account, input) => {
      const line = await ask({ call, account, input });
      if (line.error) throw fromWire(line.error);
      return line.ok as never;
    },
    stderr: () => stderr,
    workers: () => workersOf(child.pid ?? 0),
    end: async () => {
      child.stdin.end();
      const code = await exited;
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
      return code;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
};

type Waiting = { id: string | number | null; asked: string; resolve(line: Line): void; reject(error: Error): void };

/** Sorts what a host prints into answers and events. Lines end with '\n' alone: JSON may hold U+2028 as it is. */
const readLines = (stdout: Readable) => {
  const answers: Line[] = [];
  const events: HostEvent[] = [];
  const watchers = new Set<(event: HostEvent) => void>();
  let waiting: Waiting[] = [];
  let over = false;
  const take = (text: string): void => {
    const line = JSON.parse(text) as Line | HostEvent;
    if ('event' in line) {
      events.push(line);
      for (const watcher of watchers) watcher(line);
      return;
    }
    answers.push(line);
    const first = waiting.find(({ id }) => id === (line.id ?? null));
    waiting = waiting.filter((each) => each !== first);
    first?.resolve(line);
  };
  let rest = '';
  stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) take(part);
  });
  return {
    answers,
    events,
    /** The next answer with that id; rejects when the host ends before it. */
    next: (id: string | number | null, asked: string): Promise<Line> =>
      new Promise((resolve, reject) => {
        if (over) reject(endedBefore(asked));
        else waiting.push({ id, asked, resolve, reject });
      }),
    end: (): void => {
      over = true;
      for (const each of waiting) each.reject(endedBefore(each.asked));
      waiting = [];
    },
    event: (matches: (event: HostEvent) => boolean): Promise<HostEvent> =>
      new Promise((resolve) => {
        const seen = events.find(matches);
        if (seen) return resolve(seen);
        const watcher = (event: HostEvent): void => {
          if (!matches(event)) return;
          watchers.delete(watcher);
          resolve(event);
        };
        watchers.add(watcher);
      }),
  };
};

const endedBefore = (asked: string): Error => new Error(`the host ended before it answered ${asked}`);

const cleanUps = new WeakMap<TestContext, (() => void | Promise<void>)[]>();

/** Runs `fn` after the test, the latest first: a host ends before its folder is deleted. */
export const cleanUp = (t: TestContext, fn: () => void | Promise<void>): void => {
  const known = cleanUps.get(t);
  if (known) return void known.push(fn);
  const stack = [fn];
  cleanUps.set(t, stack);
  t.after(async () => {
    const failures: unknown[] = [];
    for (const each of stack.toReversed())
      try {
        await each();
      } catch (error) {
        failures.push(error);
      }
    if (failures.length > 0) throw failures[0];
  });
};

/** A new empty folder for the test, deleted after it. */
export const dataFolder = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tern-test-'));
  cleanUp(t, () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
};

/** A host for the test: it and its workers are killed after it if they still run, and its own data folder deleted. */
export const hostFor = (t: TestContext, options: HostOptions = {}): Host => {
  const dataDir = options.dataDir ?? dataFolder(t);
  const host = startHost({ ...options, dataDir });
  cleanUp(t, async () => {
    const workers = host.workers();
    await host.kill();
    await Promise.all(workers.filter(isRunning).map(killHard));
  });
  return host;
};

/** Calls until the call is not cut off: one that reaches a worker just as it is killed answers `cancelled`. */
export const patiently = <T>(call: () => Promise<T>): Promise<T> =>
  until('an answer that is not cut off', async () => {
    try {
      return await call();
    } catch (error) {
      if (error instanceof TernError && error.kind === 'cancelled') return undefined;
      throw error;
    }
  });

/** Adds an account on a test server; answers its id. Does not wait for its first sync. */
export const addAccount = async (host: Host, server: MailServer, email = 'alice@example.test'): Promise<string> => {
  const { config, credential } = server;
  const { account } = await host.call('accounts.add', null, { email, config, credential });
  return account.id;
};

/** Adds an account and waits for its first sync. */
export const addSynced = async (host: Host, server: MailServer, email?: string): Promise<string> => {
  const account = await addAccount(host, server, email);
  await host.call('sync.now', account, {});
  return account;
};
