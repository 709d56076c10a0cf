import type { Server } from './actor.ts';
import { movers } from './cast.ts';
import type { Protocol } from './protocol.ts';

/** Left out is what makes it unknowable which mail or mailbox is which, and servers that do else than they say. */
const leftOut: ReadonlySet<string> = new Set([
  'ignoreIfInState',
  'hideOwnChanges',
  'partial',
  'lowerModseq',
  'renumber',
  'validityZero',
  'missFetches',
]);

/** The same protocol, with a person who only ever moves mail: at the end it is in one place. */
export const moving = <S extends Server>(protocol: Protocol<S>): Protocol<S> => ({
  ...protocol,
  name: `${protocol.name}-moves`,
  cast: movers,
  troubles: Object.fromEntries(Object.entries(protocol.troubles).filter(([name]) => !leftOut.has(name))),
});
