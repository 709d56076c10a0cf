import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutant } from './mutant.ts';
import { queueCalls } from './queueCalls.ts';
import { queueMore } from './queueMore.ts';
import { queueOutcomes } from './queueOutcomes.ts';
import { queueRecord } from './queueRecord.ts';
import { queueView } from './queueView.ts';
import { core } from './table.ts';

/**
 * `npm run mutants [-- core | word ...]`: takes away, one at a time, each line that keeps mail from being lost, doubled or
 * undone, and runs the tests that guard it. Status 1 if one of them still passes. `core` is the part that CI runs; words
 * choose mutants by their name.
 */
const root = fileURLToPath(new URL('../../', import.meta.url));
const copied = ['package.json', 'src-main', 'src-shared', 'migrations', 'build', 'test'];

/** A copy of the sources in which one line is another. Throws where the line is not there, or there twice. */
const mutated = ({ name, file, line, becomes }: Mutant): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tern-mutant-'));
  for (const entry of copied) cpSync(join(root, entry), join(folder, entry), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const path = join(folder, file);
  const parts = readFileSync(path, 'utf8').split(line);
  if (parts.length !== 2) throw new Error(`${name}: the line stands ${parts.length - 1} times in ${file}:\n${line}`);
  writeFileSync(path, parts.join(becomes));
  return folder;
};

type Verdict = { mutant: Mutant; killed: boolean; seconds: number; why: string };

/** Runs the mutant's tests; it is killed when they fail, and not when they do not even run. */
const judge = (mutant: Mutant): Promise<Verdict> => {
  const began = performance.now();
  const verdict = (killed: boolean, why: string): Verdict => ({
    mutant,
    killed,
    seconds: (performance.now() - began) / 1000,
    why,
  });
  let folder: string;
  try {
    folder = mutated(mutant);
  } catch (error) {
    return Promise.resolve(verdict(false, String(error)));
  }
  return new Promise((resolve) => {
    const runner = spawn(
      process.execPath,
      [
        '--test',
        '--test-reporter=spec',
        '--test-timeout=60000',
        ...(mutant.only ? [`--test-name-pattern=${mutant.only}`] : []),
        ...mutant.tests.map((test) => `test/${test}.test.ts`),
      ],
      { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let output = '';
    for (const stream of [runner.stdout, runner.stderr]) stream.on('data', (text: Buffer) => (output += String(text)));
    runner.on('exit', (code) => {
      rmSync(folder, { recursive: true, force: true });
      const failed = Number(/^ℹ fail (\d+)/m.exec(output)?.[1] ?? 0);
      const ran = Number(/^ℹ tests (\d+)/m.exec(output)?.[1] ?? 0);
      resolve(
        verdict(
          code !== 0 && failed > 0 && ran > failed - 1,
          failed > 0 ? `${failed} of ${ran} tests fail` : `all ${ran} tests pass`,
        ),
      );
    });
  });
};

const words = process.argv.slice(2);
const all = [...core, ...queueRecord, ...queueView, ...queueOutcomes, ...queueCalls, ...queueMore];
const waiting =
  words[0] === 'core'
    ? [...core]
    : all.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
const verdicts: Verdict[] = [];
const lane = async (): Promise<void> => {
  for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
    const verdict = await judge(mutant);
    verdicts.push(verdict);
    console.log(
      `${verdict.killed ? 'killed  ' : 'SURVIVED'} ${mutant.name} (${verdict.why}, ${verdict.seconds.toFixed(1)} s)`,
    );
  }
};
await Promise.all(Array.from({ length: availableParallelism() }, lane));
const survived = verdicts.filter(({ killed }) => !killed);
console.log(JSON.stringify({ mutants: verdicts.length, killed: verdicts.length - survived.length }));
process.exitCode = survived.length === 0 && verdicts.length > 0 ? 0 : 1;
