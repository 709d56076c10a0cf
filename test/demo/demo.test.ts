import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { childrenOf, until, visibleOf } from '../support/processes.ts';
import { toSvg } from './picture.ts';
import { cellsOf, column, cut, oneLine, paragraph } from './screen.ts';

const entry = fileURLToPath(new URL('./demo.ts', import.meta.url));
const linux = process.platform === 'linux';

type Run = {
  child: ChildProcess;
  /** What it wrote so far. */
  out(): string;
  err(): string;
  exit: Promise<number | null>;
  /** Fails if a process that the demo started still runs, or its temporary folder is there. */
  leftNothing(): Promise<void>;
};

/** The demo with a temporary folder of its own, its processes marked through their environment. */
const runDemo = (t: TestContext, ...words: string[]): Run => {
  const folder = mkdtempSync(join(tmpdir(), 'tern-test-'));
  const mark = randomUUID();
  const env = { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder, TERN_DEMO_MARK: mark };
  const child = spawn(process.execPath, [entry, ...words], { stdio: ['pipe', 'pipe', 'pipe'], env });
  t.after(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const exit = once(child, 'close').then(([code]) => code as number | null);
  const marked = (): string[] =>
    readdirSync('/proc').filter((name) => /^\d+$/.test(name) && visibleOf(Number(name)).includes(mark));
  const leftNothing = async (): Promise<void> => {
    assert.deepEqual(readdirSync(folder), []);
    // A worker whose host was killed sees that for itself, and goes.
    if (linux) await until('every process to be gone', () => marked().length === 0);
  };
  return { child, out: () => out, err: () => err, exit, leftNothing };
};

test('the demo shows the whole story in plain lines and leaves nothing behind', async (t) => {
  const demo = runDemo(t);
  assert.equal(await demo.exit, 0, demo.err());
  assert.equal(demo.err(), '');
  const out = demo.out();
  for (const line of [
    /^ {3}3,000 of 3,000 messages$/m,
    /In step: 3,000 messages, and every counter equals the server's\.$/m,
    /^ {3}Inbox +\d+ +\d+$/m,
    /^ {5}Tern +\d+ +\d+$/m,
    /A new message on the server, listed by Tern .+ later:\n {3}● .+ {2}Yuki Tanaka \(田中由紀\) {2}Landed safely 🛬/,
    /Another client read and flagged it, shown by Tern .+ later:\n {4}★ .+ {2}Yuki Tanaka/,
    /Opened in .+, without asking the server: its text came with the sync\.\n {5}│ Home again! The night train/,
    /Its script is gone, and 1 picture from elsewhere not loaded/,
    /^ {3}from:yuki 乾杯 +1 in .+\n {4}★ .+ {2}Yuki Tanaka/m,
    /One archived and 20 emails marked as read: on disk and shown after .+$/m,
    /The server has them .+ after they were made$/m,
    /One flagged meanwhile: it shows, and is queued for the day the server is back$/m,
    /^ {3}first sync +.+ 3,000 new, 0 changed, [\d,]+ per second$/m,
    /^ {3}sync\.now answers {3}network: /m,
    /conversations, read from the replica in .+, the same as before:$/m,
    /^Done in [\d.]+ m?s\. Server and host have ended, and their folder is deleted\.$/m,
  ])
    assert.match(out, line);
  assert.ok(!out.includes('\u001B'), 'not a terminal, and yet it got control sequences');
  const tooLong = out.split('\n').filter((line) => !line.includes('/') && cellsOf(line) > 100);
  assert.deepEqual(tooLong, []);
  await demo.leftNothing();
});

test('a host that dies ends the demo with status 1 and the reason', { skip: !linux }, async (t) => {
  const demo = runDemo(t);
  const pid = demo.child.pid ?? 0;
  const [host = 0] = await until('the host', () => childrenOf(pid, 'headless.ts').length > 0 && childrenOf(pid));
  process.kill(host, 'SIGKILL');
  assert.equal(await demo.exit, 1);
  assert.match(demo.err(), /^The demo failed: the host ended/m);

  assert.match(demo.out(), /^First sync/m);
  await demo.leftNothing();
});

test('a signal ends the demo early, with nothing left', async (t) => {
  const demo = runDemo(t);
  await until('the host', () => demo.out().includes('data in '));
  demo.child.kill('SIGTERM');
  assert.equal(await demo.exit, 143);
  assert.match(demo.err(), /The demo was stopped\. Nothing of it is left\./);
  await demo.leftNothing();
});

test('--keep passes calls on to the host until it is stopped', async (t) => {
  const demo = runDemo(t, '--keep');
  await until('the end of the story', () => demo.out().includes('"call":"emails.list"'), 60_000);
  const account = /"account":"([^"]+)"/.exec(demo.out())?.[1];
  demo.child.stdin?.write(`{"id":"mine","call":"sync.now","account":"${account}"}\nnonsense\n`);
  await until(
    'the answers',
    () => /"id":"mine","ok":\{"result":"ok"\}/.test(demo.out()) && /"invalid"/.test(demo.out()),
  );
  const session = /session +(http\S+)/.exec(demo.out())?.[1] ?? '';
  const authorization = `Basic ${Buffer.from('alice@example.test:secret').toString('base64')}`;
  const answer = await fetch(session, { headers: { authorization } });
  assert.equal(answer.status, 200);
  await answer.body?.cancel();
  demo.child.kill('SIGINT');
  assert.equal(await demo.exit, 0, demo.err());
  await demo.leftNothing();
});

test('--open serves the window on the demo server until it is stopped', async (t) => {
  const demo = runDemo(t, '--open', '--no-browser');
  const url = await until('the address', () => /http:\/\/127\.0\.0\.1:\d+\/#[\w-]{43}/.exec(demo.out())?.[0], 60_000);
  const page = await fetch(url);
  assert.match(await page.text(), /<title>Tern<\/title>/);
  demo.child.kill('SIGINT');
  assert.equal(await demo.exit, 0, demo.err());
  await demo.leftNothing();
});

test('text keeps its place in the columns, whatever it is made of', () => {
  assert.deepEqual(
    ['abc', '田中由紀', '🛬', 'Nova\u0301k', '❤️', '👩‍👩‍👧', '\u200B', '…●★'].map(cellsOf),
    [3, 8, 2, 5, 2, 2, 0, 3],
  );
  assert.equal(cut('田中由紀', 6), '田中…');
  assert.equal(column('田中由紀', 6), '田中… ');
  assert.equal(oneLine(' a\u001B[31m\n\t b\u202Ec '), 'a [31m bc');
  assert.deepEqual(paragraph('one two three four five', 9, 2), ['one two', 'three fo…']);
});

test('a picture of colours, weights and wide characters', () => {
  const svg = toSvg('\u001B[1;38;5;32mHead\u001B[22;39m  a<b\n由 x', 'A & B');
  assert.match(svg, /<title>A &amp; B<\/title>/);
  assert.match(svg, /<tspan x="20" font-weight="bold" fill="#0087d7">Head<\/tspan>/);
  assert.match(svg, /<tspan x="70\.58">a&lt;b<\/tspan>/);
  assert.match(svg, /<tspan x="20">由<\/tspan><tspan x="45\.29">x<\/tspan>/);
});
