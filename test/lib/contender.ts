// A process that contends with others for key files and locks: each message names one, each reply says how it went.

import { lockDataDir } from '../../src-main/lib/hostLock.ts';
import { createKeyFile } from '../../src-main/lib/keyFile.ts';
import { toWire } from '../../src-shared/errors.ts';

const attempt = (task: string, path: string): string => {
  if (task === 'seal') return createKeyFile(path).seal('secret', 'account');
  lockDataDir(path);
  return 'taken';
};

process.on('message', ({ task, path }: { task: string; path: string }) => {
  try {
    process.send?.({ ok: attempt(task, path) });
  } catch (error) {
    process.send?.({ error: toWire(error) });
  }
});
process.send?.('ready');
