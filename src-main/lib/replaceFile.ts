import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Puts a small file in the place of another, for this user's eyes only: the old one is there or the new one, on disk. */
export const replaceFile = (path: string, content: string): void => {
  writeFileSync(`${path}.tmp`, content, { mode: 0o600, flush: true });
  renameSync(`${path}.tmp`, path);
  syncFolder(dirname(path));
};

/** A rename is on disk when its folder is. Windows has no such thing, and needs none. */
const syncFolder = (folder: string): void => {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};
