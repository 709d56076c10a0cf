import type { RemoteEmail, RemoteEmailState } from '../../../src-shared/remote.ts';
import { breathe, inOrder } from '../../lib/async.ts';
import type { Delta } from '../driver.ts';
import { must } from './client.ts';
import type { PullContext } from './context.ts';
import { fillText, toVerify } from './fillCursor.ts';
import { chunkIds, flights, getEmailStates, getEmails, snapshotSchema } from './get.ts';
import { idPages, start } from './walk.ts';

/** The state of all emails at this moment: of a get for none of them (docs/sync.md J1). */
const currentEmailState = async (context: PullContext): Promise<string> => {
  const [answer] = await context.client.call([['Email/get', { ids: [] }]], context.signal);
  return must(answer, snapshotSchema, 'Email/get').state;
};

/**
 * Makes the replica true without the server's changes (docs/sync.md J3): a new state first, then every id: unknown
 * ones are read whole, known ones anew, and what is not listed goes only once the server says, asked by id, that it
 * is not found. The cursor moves last, and the fill has to be verified again.
 */
export async function* rescanEmails(context: PullContext): AsyncGenerator<Delta, void, void> {
  // First of all: should this be cut off, what it brought by then may be gone before anybody looks again.
  yield { cursors: [context.move('fill', fillText(toVerify))] };
  const state = await currentEmailState(context);
  const listed = new Set<string>();
  async function* chunks(): AsyncGenerator<string[], void, void> {
    for await (const page of idPages(context, start)) {
      for (const id of page.ids) listed.add(id);
      yield* chunkIds(context.client, page.ids);
    }
  }
  const refresh = async (ids: string[]): Promise<{ put: RemoteEmail[]; patched: RemoteEmailState[] }> => {
    const known = context.known.emails(ids);
    const [strangers, held] = [ids.filter((id) => !known.has(id)), ids.filter((id) => known.has(id))];
    return {
      put: strangers.length === 0 ? [] : (await getEmails(context, strangers)).found,
      patched: held.length === 0 ? [] : (await getEmailStates(context, held)).found,
    };
  };
  for await (const { put, patched } of inOrder(chunks(), () => flights(context.client), refresh))
    yield { emails: { put, patched, destroyed: [] }, cursors: [] };

  yield* confirmUnlisted(context, listed);
  yield { cursors: [context.move('email', state), context.move('fill', fillText(toVerify))] };
}

/**
 * Asks by id for every held email that a list of all ids left out. Only `notFound` removes it: an email that came and
 * went between two looks at the changes is in none of them, so a list alone proves nothing either way.
 */
export async function* confirmUnlisted(
  context: PullContext,
  listed: ReadonlySet<string>,
): AsyncGenerator<Delta, void, void> {
  for await (const ids of unlisted(context, listed)) {
    const { found, notFound } = await getEmailStates(context, ids);
    yield { emails: { put: [], patched: found, destroyed: notFound }, cursors: [] };
  }
}

async function* unlisted(context: PullContext, listed: ReadonlySet<string>): AsyncGenerator<string[], void, void> {
  const PAGE = 1000;
  for (let held = context.known.emailsAfter('', PAGE); held.length > 0; ) {
    yield* chunkIds(
      context.client,
      held.filter((id) => !listed.has(id)),
    );
    await breathe();
    held = context.known.emailsAfter(held.at(-1) ?? '', PAGE);
  }
}
