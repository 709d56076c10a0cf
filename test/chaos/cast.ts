import type { Act } from './actor.ts';
import { others } from './others.ts';
import { moves, person } from './person.ts';

type Acts = Record<string, Act>;

/** Who acts in histories, what people do most, and what happens to trees of mailboxes: rare in chance alone. */
export type Cast = { person: Acts; others: Acts; often: Acts; trees: Acts };

const chosen = (from: Acts, ...names: string[]): Acts =>
  Object.fromEntries(names.flatMap((name) => (from[name] ? [[name, from[name]]] : [])));

/** A person and other clients that do all they can. */
export const everybody: Cast = {
  person,
  others,
  often: chosen(person, 'keywords', 'flip', 'mailboxes', 'into', 'move', 'undo'),
  trees: {
    ...chosen(person, 'createMailbox', 'moveMailbox', 'deleteMailbox'),
    ...chosen(others, 'mailboxMade', 'mailboxMoved', 'mailboxDeleted'),
  },
};

/** A person who takes mail from where it is whenever they put it somewhere, and other clients that move none. */
export const movers: Cast = {
  person: {
    ...chosen(person, 'keywords', 'move', 'delete', 'createMailbox', 'renameMailbox', 'undo', 'discard', 'retry'),
    ...chosen(moves, 'moveOn', 'undoAny'),
  },
  others: chosen(
    others,
    'deliver',
    'flag',
    'destroyed',
    'mailboxMade',
    'mailboxRenamed',
    'mailboxMoved',
    'mailboxDeleted',
  ),
  often: { ...chosen(person, 'move', 'delete', 'undo', 'discard', 'retry'), ...chosen(moves, 'moveOn', 'undoAny') },
  trees: chosen(others, 'mailboxRenamed', 'mailboxDeleted'),
};
