import type { ReadDb } from '../../src-main/store/db.ts';
import type { Truth } from '../servers/mailServer.ts';
import { differences, holdable, viewOf } from '../support/worldView.ts';
import type { Readable } from './actor.ts';

/** How a history names what is on the server and in the replica: one thing has one name in both. */
export type Eyes = {
  /** True where a message is in one mailbox, and what puts it into another one makes another message. */
  readonly single: boolean;
  /** All that the server has, by those names. Of messages that have one name every mailbox is listed, also twice. */
  truth(): Promise<Truth>;
  /** The name of a mailbox of the replica's, `before` so far; undefined while nobody knows which one it is. */
  mailbox(db: ReadDb, remoteId: string, before?: string): string | undefined;
  email(row: { remoteId: string; subject: string | null }): string;
  /** Where the replica differs from the server, in words. */
  differences(raw: Readable): Promise<string[]>;
};

/** Where the server has an id for everything, and the replica keeps it: JMAP. */
export const eyesById = (server: { truth(): Promise<Truth> }): Eyes => ({
  single: false,
  truth: () => server.truth(),
  mailbox: (_, remoteId) => remoteId,
  email: ({ remoteId }) => remoteId,
  differences: async (raw) => differences(viewOf(raw), holdable(await server.truth())),
});
