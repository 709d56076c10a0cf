import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { deliverSample, sampleMail } from '../servers/jmap/sampleMail.ts';
import { type JmapServer, startJmapServer } from '../servers/jmapServer.ts';
import { type Host, startHost } from '../support/host.ts';
import { within } from '../support/processes.ts';
import { keepRunning } from './keep.ts';
import type { Screen } from './screen.ts';
import { tellStory } from './story.ts';
import { some } from './views.ts';

/** What the demo plays with: a mail server, and a host that knows nothing of it yet. */
export type Stage = { screen: Screen; server: JmapServer; host: Host; email: string };

/** `keep`: all of it stays up after the story until `signal` aborts. */
export type DemoOptions = { keep?: boolean; signal?: AbortSignal };

const email = 'alice@example.test';
const messages = 3_000;
const LONGEST_MS = 60_000;
const END_MS = 8_000;

/** Sets the stage, tells the story, and takes everything away again, whatever happened. Throws what went wrong. */
export const runDemo = async (onto: Screen, { keep = false, signal }: DemoOptions = {}): Promise<void> => {
  const stopped = signal ?? new AbortController().signal;
  const screen = untilAborted(onto, stopped);
  const dataDir = mkdtempSync(join(tmpdir(), 'tern-demo-'));
  let server: JmapServer | undefined;
  let host: Host | undefined;
  try {
    introduce(screen);
    server = await startJmapServer({ username: email, push: true });
    await deliverSample(server, sampleMail(messages, { now: new Date() }));
    // Tests share a cache of compiled code between their hosts; the demo's goes with its folder.
    host = startHost({ dataDir, env: { NODE_COMPILE_CACHE: join(dataDir, 'cache') } });
    const stage = { screen, server, host, email };
    stopped.throwIfAborted();
    const account = await untilStopped(stage, stopped, tellStory(stage, !keep));
    if (keep) await Promise.race([keepRunning(stage, account, stopped), unexpectedEnd(host, stopped)]);
    await endHost(host);
  } finally {
    await clear(host, server, dataDir);
  }
};

const introduce = (screen: Screen): void => {
  const { paint } = screen;
  screen.line(paint.bold('Tern demo'));
  screen.line(
    `A JMAP server with ${some(messages, 'made-up message')}, and Tern's headless host that keeps a replica of them.`,
  );
  screen.line(paint.dim('All of it runs on this computer, in a temporary folder that is deleted at the end.'));
};

/** The screen, which shows nothing more once the demo was stopped: the story may still be under way then. */
const untilAborted = (screen: Screen, signal: AbortSignal): Screen => ({
  ...screen,
  line: (text) => {
    if (!signal.aborted) screen.line(text);
  },
  redraw: (text) => {
    if (!signal.aborted) screen.redraw(text);
  },
});

/** The work's outcome, unless the host ends before it or somebody stops the demo. */
const untilStopped = <T>({ host }: Stage, signal: AbortSignal, work: Promise<T>): Promise<T> => {
  const aborted = once(signal, 'abort').then((): never => {
    throw signal.reason;
  });
  return Promise.race([work, unexpectedEnd(host, signal), aborted, tooLong()]);
};

const tooLong = async (): Promise<never> => {
  await pause(LONGEST_MS, undefined, { ref: false });
  throw new Error(`it took longer than ${LONGEST_MS / 1000} s`);
};

const unexpectedEnd = async (host: Host, signal: AbortSignal): Promise<never> => {
  const code = await host.exited;
  signal.throwIfAborted();
  throw new Error(`the host ended by itself, ${code === null ? 'by a signal' : `with status ${code}`}`);
};

/** Ends the host as any program would, by the end of its input, and insists on a clean end. */
const endHost = async (host: Host): Promise<void> => {
  const code = await within(END_MS, 'the end of the host', host.end());
  if (code !== 0) throw new Error(`the host ended with status ${code}`);
};

const clear = async (host: Host | undefined, server: JmapServer | undefined, dataDir: string): Promise<void> => {
  try {
    if (host) await Promise.race([host.end(), pause(END_MS, undefined, { ref: false }).then(() => host.kill())]);
    await server?.stop();
  } finally {
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
};
