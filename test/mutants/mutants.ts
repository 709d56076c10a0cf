import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { imapCore } from './imapCore.ts';
import { imapReads } from './imapReads.ts';
import { imapWrites } from './imapWrites.ts';
import type { Mutant } from './mutant.ts';
import { push } from './push.ts';
import { queueCalls } from './queueCalls.ts';
import { queueMore } from './queueMore.ts';
import { queueOutcomes } from './queueOutcomes.ts';
import { queueRecord } from './queueRecord.ts';
import { queueView } from './queueView.ts';
import { reading } from './reading.ts';
import { replica } from './replica.ts';
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

type Ran = { ran: number; failed: number };

const node = (folder: string, args: string[]): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += String(text)));
    child.on('exit', (code) => resolve({ code, output }));
  });

const runTests = async (folder: string, { tests, only }: Mutant): Promise<Ran> => {
  const pattern = only === undefined ? [] : [`--test-name-pattern=${only}`];
  const files = tests.map((test) => `test/${test}.test.ts`);
  const { output } = await node(folder, [
    '--test',
    '--test-reporter=spec',
    '--test-timeout=60000',
    ...pattern,
    ...files,
  ]);
  const number = (name: string): number => Number(new RegExp(`^ℹ ${name} (\\d+)`, 'm').exec(output)?.[1] ?? 0);
  return { ran: number('tests'), failed: number('fail') };
};

/** Whether the changed program still loads: one that does not fails every test, and proves nothing. */
const loads = async (folder: string, { file }: Mutant): Promise<boolean> =>
  !file.endsWith('.ts') || (await node(folder, ['-e', `import('./${file}')`])).code === 0;

const baselines = new Map<string, Promise<Ran>>();
/** How the same tests go on the program as it is; run once for each choice of tests. */
const baseline = (mutant: Mutant): Promise<Ran> => {
  const key = JSON.stringify([mutant.tests, mutant.only]);
  const known = baselines.get(key) ?? runTests(root, mutant);
  baselines.set(key, known);
  return known;
};

/** Runs the mutant's tests. It is killed when they pass without it, it loads, and they fail with it. */
const judge = async (mutant: Mutant): Promise<Verdict> => {
  const began = performance.now();
  const verdict = (killed: boolean, why: string): Verdict => {
    return { mutant, killed, seconds: (performance.now() - began) / 1000, why };
  };
  let folder = '';
  try {
    folder = mutated(mutant);
    if (!(await loads(folder, mutant))) return verdict(false, 'it does not load');
    const sound = await baseline(mutant);
    if (sound.ran === 0 || sound.failed > 0)
      return verdict(false, `without it ${sound.failed} of ${sound.ran} tests fail`);
    const { ran, failed } = await runTests(folder, mutant);
    return verdict(failed > 0, failed > 0 ? `${failed} of ${ran} tests fail` : `all ${ran} tests pass`);
  } catch (error) {
    return verdict(false, String(error));
  } finally {
    if (folder) rmSync(folder, { recursive: true, force: true });
  }
};

const words = process.argv.slice(2);
/** What CI runs. */
const inCore = [...core, ...imapCore];
const all = [
  ...inCore,
  ...queueRecord,
  ...queueView,
  ...queueOutcomes,
  ...queueCalls,
  ...queueMore,
  ...reading,
  ...replica,
  ...imapReads,
  ...imapWrites,
  ...push,
];
const waiting =
  words[0] === 'core'
    ? [...inCore]
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
