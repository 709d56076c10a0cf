import type { Store } from '../../src-main/store/db.ts';
import type { Change } from '../../src-shared/change.ts';
import type { MailServer } from '../servers/mailServer.ts';
import type { Ledger } from './ledger.ts';

/** Chooses one of these; the same history chooses the same. */
export type Pick = <T>(from: readonly T[]) => T | undefined;

/** A replica that can be looked into. */
export type Readable = { read: Store['read'] };

/** A server as another client uses it. */
export type Server = Omit<
  Required<MailServer>,
  'name' | 'config' | 'credential' | 'threads' | 'restart' | 'stop' | 'changePassword'
>;

/** What the person and other clients act on. */
export type Actor = {
  readonly server: Server;
  readonly raw: Readable;
  readonly ledger: Ledger;
  /** What went wrong so far, in the order it was seen. */
  readonly wrong: string[];
  /** Ids of changes, in the order they were recorded. */
  readonly submitted: string[];
  /** The person's calls. Ids are those of the changes that were recorded. */
  readonly mail: {
    submit(changes: Change[]): Promise<string[]>;
    undo(ids: string[]): Promise<unknown>;
    discard(ids: string[]): Promise<unknown>;
    retry(ids: string[]): Promise<unknown>;
    /** Tells the engine that there is something to send. */
    tell(): void;
  };
  /** Whether mailboxes with this role may be renamed, moved and deleted. */
  mayTouch(role: string | null): boolean;
  /** True where a message is in one mailbox. */
  readonly single: boolean;
  /** True when a call may fail, as the program may have died under it. */
  mayFail(): boolean;
  /** A number that no other call of this history got. */
  next(): number;
  /** A subject that no other mail of this history has. */
  subject(): string;
};

/** What a step does. */
export type Act<A extends Actor = Actor> = (rig: A, pick: Pick, amount: number) => void | Promise<void>;
