import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { WireError } from '../../src-shared/errors.ts';

const script = fileURLToPath(new URL('contender.ts', import.meta.url));

/** How it went for one contender. */
type Outcome = { ok?: string; error?: WireError };

/** Processes that all try the same at the same time. */
export type Contenders = {
  pids: (number | undefined)[];
  all(task: 'seal' | 'lock', path: string): Promise<Outcome[]>;
  /** One alone. */
  one(index: number, task: 'seal' | 'lock', path: string): Promise<Outcome>;
  kill(index: number): Promise<void>;
};

/** Starts so many contenders; they are killed when the test ends. */
export const contenders = async (t: TestContext, count: number): Promise<Contenders> => {
  const children = Array.from({ length: count }, () => fork(script));
  t.after(() => children.forEach((child) => child.kill('SIGKILL')));
  await Promise.all(children.map((child) => once(child, 'message')));
  const ask = async (child: ChildProcess, task: string, path: string): Promise<Outcome> => {
    const answer = once(child, 'message') as Promise<[Outcome]>;
    child.send({ task, path });
    return (await answer)[0];
  };
  const at = (index: number): ChildProcess => {
    const child = children[index];
    if (!child) throw new Error(`there is no contender ${index}`);
    return child;
  };
  return {
    pids: children.map(({ pid }) => pid),
    all: (task, path) => Promise.all(children.map((child) => ask(child, task, path))),
    one: (index, task, path) => ask(at(index), task, path),
    kill: async (index) => {
      const gone = once(at(index), 'exit');
      at(index).kill('SIGKILL');
      await gone;
    },
  };
};

/** A folder of the test's own, gone when it ends. */
export const temporaryFolder = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tern-lib-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
