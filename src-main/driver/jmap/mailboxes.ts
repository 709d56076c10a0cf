import * as z from 'zod';
import type { RemoteMailbox } from '../../../src-shared/remote.ts';
import { inPieces } from '../../lib/async.ts';
import type { Delta } from '../driver.ts';
import { must } from './client.ts';
import type { PullContext } from './context.ts';
import { mailboxOf } from './convert.ts';
import { getSchema, listOf, snapshotSchema, tooLarge } from './get.ts';

const idsSchema = z.object({ ids: z.array(z.string()) });

/**
 * Every mailbox anew: `Mailbox/get` with `ids: null` is a whole snapshot and its state the next cursor.
 * A mailbox that is missing from it goes only once the server says, asked by id, that it is not found.
 */
export async function* rescanMailboxes(context: PullContext): AsyncGenerator<Delta, void, void> {
  const { put, state } = await snapshot(context);
  const listed = new Set(put.map((mailbox) => mailbox.remoteId));
  const missing = context.known.mailboxes().filter((id) => !listed.has(id));
  const destroyed: string[] = [];
  for (const ids of pieces(context, missing)) {
    const [confirmation] = await context.client.call([['Mailbox/get', { ids, properties: ['id'] }]], context.signal);
    destroyed.push(...(must(confirmation, getSchema, 'Mailbox/get').notFound ?? []));
  }
  yield { mailboxes: { put, counts: [], destroyed }, cursors: [context.move('mailbox', state)] };
}

const snapshot = async (context: PullContext): Promise<{ put: RemoteMailbox[]; state: string }> => {
  const [answer] = await context.client.call([['Mailbox/get', { ids: null }]], context.signal);
  if (tooLarge(answer)) return inSeveralGets(context);
  const { state, ...whole } = must(answer, snapshotSchema, 'Mailbox/get');
  return { put: listOf(whole, mailboxOf), state };
};

/** More mailboxes than the server gives at once: their ids first, under a state read before them. */
const inSeveralGets = async (context: PullContext): Promise<{ put: RemoteMailbox[]; state: string }> => {
  const [before, query] = await context.client.call(
    [
      ['Mailbox/get', { ids: [] }],
      ['Mailbox/query', {}],
    ],
    context.signal,
  );
  const { state } = must(before, snapshotSchema, 'Mailbox/get');
  const put: RemoteMailbox[] = [];
  for (const ids of pieces(context, must(query, idsSchema, 'Mailbox/query').ids)) {
    const [answer] = await context.client.call([['Mailbox/get', { ids }]], context.signal);
    put.push(...listOf(must(answer, getSchema, 'Mailbox/get'), mailboxOf));
  }
  return { put, state };
};

const pieces = (context: PullContext, ids: string[]): string[][] =>
  inPieces(ids, context.client.limits.maxObjectsInGet);
