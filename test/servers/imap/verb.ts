import type { Capability } from './capabilities.ts';
import { no } from './refusal.ts';
import type { Session } from './session.ts';
import type { Args } from './tokens.ts';
import type { View } from './view.ts';

/** The words of a tagged OK, perhaps with a response code and with what happens once it was sent. */
export type Reply = string | { text: string; code?: string; after?: () => void };

/** A command's own name: `uid` where its numbers are UIDs. */
export type Named = { tag: string; verb: string; uid: boolean };

/** What carries out a command; throws a `Refusal` for NO and BAD. */
type Run = (session: Session, args: Args, named: Named) => Reply | Promise<Reply>;

/** A command: where it may be sent, and the capabilities of which one must be announced, if there are any. */
export type Verb = { where: 'any' | 'fresh' | 'signedIn' | 'selected'; needs: readonly Capability[]; run: Run };

/** A command that any client may send once it is signed in. */
export const signedIn = (run: Run, ...needs: Capability[]): Verb => ({ where: 'signedIn', needs, run });

/** A command on the selected mailbox. */
export const selected = (
  run: (session: Session, view: View, args: Args, named: Named) => Reply | Promise<Reply>,
  ...needs: Capability[]
): Verb => ({
  where: 'selected',
  needs,
  run: (session, args, named) => (session.view ? run(session, session.view, args, named) : ''),
});

/** Throws where the mailbox was opened by EXAMINE. */
export const mustWrite = (view: View): void => {
  if (view.readOnly) throw no('Mailbox is read-only', 'READ-ONLY');
};
