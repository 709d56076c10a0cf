import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('storeChild.ts', import.meta.url));

/** A process that works on a database file; see storeChild.ts for the tasks. */
export type StoreProcess = {
  /** The next line that it prints; undefined when it ended. */
  line(): Promise<string | undefined>;
  /** Ends its input, which ends a `hold`. */
  end(): void;
  exited: Promise<unknown>;
  /** kill -9, then waits until it is gone. */
  kill(): Promise<void>;
};

/** Starts a process on a file; it is killed when the test ends. */
export const storeProcess = (
  t: TestContext,
  task: 'hold' | 'try' | 'migrate',
  file: string,
  scripts: string[] = [],
): StoreProcess => {
  const child: ChildProcess = spawn(process.execPath, [script, task, file, ...scripts], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  t.after(kill);
  if (!child.stdout) throw new Error('the child has no stdout');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    line: async () => {
      const { done, value } = await lines.next();
      return done ? undefined : value;
    },
    end: () => void child.stdin?.end(),
    exited,
    kill,
  };
};

/** A folder of the test's own, gone when it ends. */
export const temporaryFolder = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tern-store-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
