import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { everyMutant, inCore, sliceOf } from './every.ts';
import type { Mutant } from './mutant.ts';

/**
 * `npm run mutants [-- core | slice | word ...]`: takes away, one at a time, each line that keeps mail from being lost, doubled or
 * undone, and runs the tests that guard it. Status 1 if one of them still passes. CI runs `core`; `slice` is the part of the
 * others whose turn it is; words choose mutants by their name.
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
  // One that never ends is cancelled.
  return { ran: number('tests'), failed: number('fail') + number('cancelled') };
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
const chosen = (): Mutant[] => {
  if (words[0] === 'core') return [...inCore];
  if (words[0] === 'slice') return sliceOf(today());
  return everyMutant.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
};
/** Days since the epoch. */
const today = (): number => Math.floor(Date.now() / 86_400_000);
const waiting = chosen();
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
