import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import type { Store } from '../../store/db.ts';
import { neededPaths } from '../../store/draftFiles.ts';
import { forgetGone } from '../../store/drafts.ts';
import { forgetDone } from '../../store/submissions.ts';
import { removeFiles } from './durableFile.ts';

/** A file is written before its row is: one so young, in ms, may still get one. */
const YOUNG_MS = 3_600_000;
/** What was sent is listed for so long, in ms, and a draft that is gone is kept for a window that may still save it. */
const KEPT_MS = 30 * 24 * 3_600_000;

/** Removes files of drafts and of mail on its way that no row needs, and forgets what was sent long ago. */
export const sweepFiles = async (store: Store, clock: Clock, folder: string): Promise<void> => {
  store.write((tx) => {
    forgetDone(tx, clock.now() - KEPT_MS);
    forgetGone(tx, clock.now() - KEPT_MS);
  });
  const needed = store.read(neededPaths);
  for (const place of ['drafts', 'outbox']) {
    const names = await readdir(join(folder, place)).catch(() => []);
    for (const name of names) {
      const path = join(place, name);
      const found = needed.has(path) ? null : await stat(join(folder, path)).catch(() => null);
      if (found && clock.now() - found.mtimeMs > YOUNG_MS) await removeFiles([join(folder, path)]);
    }
  }
};
