import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { CallInput, CallName, CallOutput, EventData, EventName } from '../../src-shared/contract.ts';
import { fromWire, type WireError } from '../../src-shared/errors.ts';

const entry = fileURLToPath(new URL('../../src-main/headless.ts', import.meta.url));

/** An event as the headless host prints it. */
export type HostEvent = { [N in EventName]: { event: N; account: string; data: EventData<N> } }[EventName];

/** A headless host in a process of its own, driven over its stdin and stdout as any other program would. */
export type Host = {
  dataDir: string;
  process: ChildProcess;
  /** Calls and answers the output, or throws the `TernError` that came back. */
  call<N extends CallName>(name: N, account: string | null, input: CallInput<N>): Promise<CallOutput<N>>;
  /** Writes a line as it is and answers the next line with that id. */
  raw(line: string, id: string | number | null): Promise<unknown>;
  /** Every event so far, oldest first. */
  events: HostEvent[];
  /** Resolves with the first event, past or to come, that matches. */
  event(matches: (event: HostEvent) => boolean): Promise<HostEvent>;
  /** Ends the input and resolves with the exit status. */
  end(): Promise<number | null>;
  /** kill -9, then waits until it is gone. */
  kill(): Promise<void>;
};

type Line = { id?: string | number | null; ok?: unknown; error?: WireError; event?: string };

/** Starts a host on a data folder, a fresh temporary one by default, which `end` then deletes. */
export const startHost = (options: { dataDir?: string; env?: Record<string, string> } = {}): Host => {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'tern-test-'));
  const child = spawn(process.execPath, [entry, '--data', dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...options.env },
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const waiting = new Map<string | number | null, (line: Line) => void>();
  const events: HostEvent[] = [];
  let lastId = 0;
  const watchers = new Set<(event: HostEvent) => void>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as Line;
    if (line.event !== undefined) {
      const event = line as HostEvent;
      events.push(event);
      for (const watcher of watchers) watcher(event);
    } else {
      waiting.get(line.id ?? null)?.(line);
      waiting.delete(line.id ?? null);
    }
  });
  const raw = (text: string, id: string | number | null): Promise<Line> =>
    new Promise((resolve, reject) => {
      waiting.set(id, resolve);
      void exited.then(([code]) => reject(new Error(`the host ended (${code}) before it answered ${text.slice(0, 200)}`)));
      child.stdin.write(`${text}\n`);
    });
  return {
    dataDir,
    process: child,
    events,
    raw,
    call: async (call, account, input) => {
      const id = ++lastId;
      const line = await raw(JSON.stringify({ id, call, account, input }), id);
      if (line.error) throw fromWire(line.error);
      return line.ok as never;
    },
    event: (matches) =>
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
    end: async () => {
      child.stdin.end();
      const [code] = await exited;
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
      return code;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
};
