import type { CursorMove, Delta, Known } from './driver.ts';

const PAGE = 1000;

/** Puts a replica away, whole: ids mean something within one account of one server only. */
export async function* forget(known: Known, cursors: () => CursorMove[]): AsyncGenerator<Delta, void, void> {
  for (let held = known.emailsAfter('', PAGE); held.length > 0; held = known.emailsAfter('', PAGE))
    yield { emails: { put: [], patched: [], destroyed: held }, cursors: [] };
  yield { mailboxes: { put: [], counts: [], destroyed: known.mailboxes() }, cursors: cursors() };
}
