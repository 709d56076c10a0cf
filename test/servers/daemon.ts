import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { connect, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server's processes, all in one process group. */
export type Daemon = {
  /** Process group, which is also the pid of its first process. */
  group: number;
  /** Stops every process of the server where it stands; what it is asked meanwhile waits. */
  suspend(): void;
  resume(): void;
  /** Kills every process; `keep` leaves the folder, to be started again. */
  kill(keep?: 'keep'): Promise<void>;
};

/** What to run: a program that stays in the foreground, the folder that goes with it, and the ports it opens. */
export type Launch = { name: string; folder: string; command: string[]; ports: number[] };

/** The library that takes fsync away from a server. */
export const noSync = globSync('/usr/lib/*/libeatmydata.so')[0] ?? '/usr/lib/libeatmydata.so';

// Whatever ends this process closes the guardian's standard input, so no server outlives its test.
const guardian = `
folder=$1 preload=$2
shift 2
LD_PRELOAD="$preload" setsid "$@" </dev/null >/dev/null 2>&1 &
echo $!
read -r keep
kill -KILL "-$!"
wait
[ "$keep" ] || rm -rf "$folder"
`;

const listening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

const untilReady = async ({ name, ports }: Launch, died: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 1000; tries += 1) {
    if (died()) throw new Error(`${name} ended at once`);
    if ((await Promise.all(ports.map(listening))).every(Boolean)) return;
    await sleep(10);
  }
  throw new Error(`${name} did not open its ports within 10 s`);
};

/** Process group of a process that runs, or null; one that was killed and that nobody reaped yet does not count. */
const groupOf = (pid: number): number | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? null : Number(group);
  } catch {
    return null;
  }
};

/** Pids of the processes of a group that still run. */
export const running = (group: number): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && groupOf(pid) === group);

/** Starts a server in a process group of its own and waits until its ports answer. */
export const launch = async (what: Launch): Promise<Daemon> => {
  const args = ['-c', guardian, 'sh', what.folder, noSync, ...what.command];
  const child = spawn('/bin/sh', args, { detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const group = Number(said.toString());
  // A server that a test forgot to stop ends with its process; it must not keep that process alive.
  child.unref();
  child.stdout.destroy();
  if (child.stdin instanceof Socket) child.stdin.unref();
  let killed = false;

  const kill = async (keep?: 'keep'): Promise<void> => {
    child.ref();
    if (!killed) child.stdin.end(`${keep ?? ''}\n`);
    killed = true;
    await exited;
    while (running(group).length > 0) await sleep(5);
  };
  try {
    await untilReady(what, () => groupOf(group) === null);
  } catch (error) {
    await kill();
    throw error;
  }
  return { group, suspend: () => process.kill(-group, 'SIGSTOP'), resume: () => process.kill(-group, 'SIGCONT'), kill };
};
