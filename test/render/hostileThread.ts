import { parentPort, threadId } from 'node:worker_threads';
import type { Request } from '../../src-main/render/job.ts';

const grow = (): never => {
  const held: unknown[] = [];
  for (;;) held.push(Array.from({ length: 1000 }, (_, at) => ({ at })));
};

const loop = (): never => {
  for (let turn = 0; ; turn++) if (turn === Number.MAX_SAFE_INTEGER) turn = 0;
};

/** What a thread might do that was taken over by a message, by the words of that message. */
const deeds: Record<string, () => unknown> = {
  loop,
  grow,
  end: () => process.exit(0),
  recurse: () => (deeds['recurse']?.() as number) + 1,
  print: () => {
    console.log('a secret word');
    console.error('a secret word');
    return threadId;
  },
};

parentPort?.on('message', ({ id, job }: Request) => {
  const words = job.kind === 'parse' ? Buffer.from(job.bytes).toString() : '';
  if (words.startsWith('throw')) throw new Error(words);
  parentPort?.postMessage({ id, ok: true, result: deeds[words]?.() ?? threadId });
});
