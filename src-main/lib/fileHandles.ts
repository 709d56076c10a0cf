import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { TernError } from '../../src-shared/errors.ts';
import { newSecret } from './secret.ts';

/** A file of this machine that the person chose: a handle that stands for it, once, and what is to be seen of it. */
type ChosenFile = { file: string; name: string; size: number };

/** Files that the person chose in the host's own picker or dropped, for a window that may name no paths. */
export type FileHandles = {
  /** Folders, and what cannot be read, are left out. */
  give: (paths: readonly string[]) => ChosenFile[];
  /** The path that a handle stands for. Throws `forbidden` for one that was used, or never given out. */
  take: (handle: string) => string;
};

/** What was chosen and never attached is forgotten, the oldest first. */
const MOST_WAITING = 200;

/** No file was chosen yet. */
export const createFileHandles = (): FileHandles => {
  const waiting = new Map<string, string>();
  const giveOne = (path: string): ChosenFile[] => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found?.isFile()) return [];
    const file = newSecret();
    waiting.set(file, path);
    const [oldest] = waiting.keys();
    if (waiting.size > MOST_WAITING && oldest !== undefined) waiting.delete(oldest);
    return [{ file, name: basename(path), size: found.size }];
  };
  return {
    give: (paths) => paths.slice(0, MOST_WAITING).flatMap(giveOne),
    take: (handle) => {
      const path = waiting.get(handle);
      waiting.delete(handle);
      if (path === undefined)
        throw new TernError('forbidden', 'the host gave out no such file, or it was used already');
      return path;
    },
  };
};
