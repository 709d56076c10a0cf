import { statesOf } from './movement.ts';
import type { Probe } from './probes.ts';
import type { Side } from './side.ts';

type Created = { created?: Record<string, { id: string }> | null };

/** Mailbox/set with creations, each of which is called by its creation id afterwards. */
const create =
  (objects: (side: Side) => Record<string, Record<string, unknown>>) =>
  async (side: Side): Promise<unknown> => {
    const answer = await side.raw.ask<Created>('Mailbox/set', { create: objects(side) });
    for (const [name, { id }] of Object.entries(answer.created ?? {})) side.call(name, id);
    return side.show(answer);
  };

const update =
  (mailbox: string, patch: (side: Side) => Record<string, unknown>) =>
  (side: Side): Promise<unknown> =>
    side.ask('Mailbox/set', { update: { [side.id(mailbox)]: patch(side) } });

const destroy =
  (mailboxes: string[], args: Record<string, unknown> = {}) =>
  (side: Side): Promise<unknown> =>
    side.ask('Mailbox/set', { destroy: mailboxes.map((name) => side.id(name)), ...args });

const creations: Probe[] = [
  ['Mailbox/set creates', create(() => ({ One: { name: 'One', parentId: null } }))],
  ['Mailbox/set creates by name alone', create(() => ({ Two: { name: 'Two' } }))],
  ['Mailbox/set creates inside', create((side) => ({ Child: { name: 'Child', parentId: side.id('One') } }))],
  [
    'Mailbox/set creates a tree',
    create(() => ({ Trunk: { name: 'Trunk', parentId: null }, Leaf: { name: 'Leaf', parentId: '#Trunk' } })),
  ],
  [
    'Mailbox/set creates a tree, leaf first',
    create(() => ({ Leaf2: { name: 'Leaf2', parentId: '#Trunk2' }, Trunk2: { name: 'Trunk2', parentId: null } })),
  ],
  [
    'Mailbox/set creates with all that can be said',
    create(() => ({ Full: { name: 'Full', parentId: null, sortOrder: 77, isSubscribed: true } })),
  ],
  ['Mailbox/set creates what is there', create(() => ({ Again: { name: 'One', parentId: null } }))],
  ['Mailbox/set creates without a name', create(() => ({ Nameless: { parentId: null } }))],
  ['Mailbox/set creates with an empty name', create(() => ({ Empty: { name: '', parentId: null } }))],
  ['Mailbox/set creates in a strange one', create(() => ({ Lost: { name: 'Lost', parentId: 'stranger' } }))],
  ['Mailbox/set creates in one that is not created', create(() => ({ Lost: { name: 'Lost', parentId: '#nobody' } }))],
  [
    "Mailbox/set creates with what is the server's",
    create(() => ({ Total: { name: 'Total', parentId: null, totalEmails: 3 } })),
  ],
  ['Mailbox/set creates a name with a slash', create(() => ({ Slash: { name: 'a/b', parentId: null } }))],
  [
    'Mailbox/set creates, and mail goes there at once',
    async (side) => {
      const answer = await side.raw.call([
        ['Mailbox/set', { accountId: side.account, create: { Quick: { name: 'Quick', parentId: null } } }, 'm'],
        [
          'Email/set',
          {
            accountId: side.account,
            update: { [side.id('set 1')]: { 'mailboxIds/#Quick': true, [`mailboxIds/${side.id('Inbox')}`]: null } },
          },
          'e',
        ],
      ]);
      const { created }: Created = answer[0]?.[1] ?? {};
      side.call('Quick', created?.['Quick']?.id ?? '');
      return side.show(answer);
    },
  ],
];

const updates: Probe[] = [
  ['Mailbox/set renames', update('Two', () => ({ name: 'Zwei' }))],
  ['Mailbox/set renames to the same', update('Two', () => ({ name: 'Zwei' }))],
  ['Mailbox/set renames to what is there', update('Two', () => ({ name: 'One' }))],
  ['Mailbox/set renames to nothing', update('Two', () => ({ name: '' }))],
  ['Mailbox/set moves', update('Two', (side) => ({ parentId: side.id('One') }))],
  ['Mailbox/set moves to the same place', update('Two', (side) => ({ parentId: side.id('One') }))],
  ['Mailbox/set moves to the top and renames', update('Two', () => ({ parentId: null, name: 'Two' }))],
  ['Mailbox/set moves into its own child', update('One', (side) => ({ parentId: side.id('Child') }))],
  // Nobody asks Cyrus to move a mailbox into itself: it makes a chain of more than a hundred of them.
  ['Mailbox/set moves into a strange one', update('Two', () => ({ parentId: 'stranger' }))],
  ['Mailbox/set sorts', update('Two', () => ({ sortOrder: 50 }))],
  ['Mailbox/set sorts the same', update('Two', () => ({ sortOrder: 50 }))],
  ['Mailbox/set unsubscribes', update('Full', () => ({ isSubscribed: false }))],
  ['Mailbox/set of an empty patch', update('Two', () => ({}))],
  ["Mailbox/set of what is the server's", update('Two', () => ({ totalEmails: 9 }))],
  ['Mailbox/set of an unknown property', update('Two', () => ({ colour: 'red' }))],
  ['Mailbox/set renames the inbox', update('Inbox', () => ({ name: 'Entry' }))],
  ['Mailbox/set of a stranger', (side) => side.ask('Mailbox/set', { update: { stranger: { name: 'x' } } })],
  ['Mailbox/set of nothing', (side) => side.ask('Mailbox/set', {})],
  [
    'Mailbox/set of too many',
    (side) => side.ask('Mailbox/set', { destroy: Array.from({ length: 41 }, (_, n) => `x${n}`) }),
  ],
];

const guarded = (side: Side, ifInState: unknown, name: string): Promise<unknown> =>
  side.ask('Mailbox/set', { ifInState, update: { [side.id('Two')]: { name } } });

const guards: Probe[] = [
  ['Mailbox/set in the state', async (side) => guarded(side, (await statesOf(side))['Mailbox'], 'Deux')],
  [
    'Mailbox/set in an old state',
    async (side) => {
      const old = (await statesOf(side))['Mailbox'];
      await side.server.renameMailbox(side.id('Full'), 'Fuller');
      return guarded(side, old, 'Stale');
    },
  ],
  ['Mailbox/set in a bogus state', (side) => guarded(side, 'bogus', 'Bogus')],
  [
    'Mailbox/set in the state that a set answered',
    async (side) => {
      const { newState } = await side.raw.ask<{ newState: string }>('Mailbox/set', {
        update: { [side.id('Two')]: { name: 'Dos' } },
      });
      return { same: newState === (await statesOf(side))['Mailbox'], next: await guarded(side, newState, 'Due') };
    },
  ],
  [
    'Email/set in the state before a Mailbox/set',
    async (side) => {
      const ifInState = (await statesOf(side))['Email'];
      await side.server.renameMailbox(side.id('Two'), 'Two');
      return side.ask('Email/set', { ifInState, update: { [side.id('set 1')]: { 'keywords/after': true } } });
    },
  ],
  [
    'Mailbox/set in the state before an Email/set of a flag',
    async (side) => {
      const ifInState = (await statesOf(side))['Mailbox'];
      await side.server.setKeywords([side.id('set 1')], { 'after-2': true });
      return guarded(side, ifInState, 'Guarded');
    },
  ],
];

const removals: Probe[] = [
  ['Mailbox/set destroys an empty one', destroy(['Full'])],
  ['Mailbox/set destroys what is gone', destroy(['Full'])],
  ['Mailbox/set destroys a stranger', (side) => side.ask('Mailbox/set', { destroy: ['stranger'] })],
  ['Mailbox/set destroys one with a child', destroy(['Trunk'])],
  ['Mailbox/set destroys one with a child, parent first', destroy(['Trunk', 'Leaf'])],
  ['Mailbox/set destroys one with mail', destroy(['Quick'])],
  [
    'Mailbox/set destroys one with mail and the mail',
    async (side) => {
      await side.server.setMailboxes([side.id('set 8')], { [side.id('Quick')]: true });
      return destroy(['Quick'], { onDestroyRemoveEmails: true })(side);
    },
  ],
  ['Mailbox/set destroys the inbox', destroy(['Inbox'], { onDestroyRemoveEmails: true })],
  [
    'Email/set in the state before a mailbox was destroyed',
    async (side) => {
      const ifInState = (await statesOf(side))['Email'];
      await side.server.deleteMailbox(side.id('Child'));
      return side.ask('Email/set', { ifInState, update: { [side.id('set 8')]: { 'keywords/late': true } } });
    },
  ],
  ['Mailbox/set renames what is gone', update('Full', () => ({ name: 'Ghost' }))],
  ['Mailbox/set creates in what is gone', create((side) => ({ Lost: { name: 'Lost', parentId: side.id('Full') } }))],
  ['Mailbox/set creates one to lose', create(() => ({ Sunk: { name: 'Sunk', parentId: null } }))],
  ['Mailbox/set moves below what is gone', update('Sunk', (side) => ({ parentId: side.id('Full') }))],
  [
    'Email/set moves to what is gone',
    (side) => side.ask('Email/set', { update: { [side.id('set 2')]: { mailboxIds: { [side.id('Full')]: true } } } }),
  ],
];

/** What is left of the mailboxes in the end, by their names. */
export const leftMailboxes: Probe = [
  'what the sets left of mailboxes',
  async (side) => {
    const { mailboxes } = await side.server.truth();
    return side.show(mailboxes);
  },
];

/** Each Mailbox/set that is compared, in an order in which one starts from what the ones before it left. */
export const mailboxSets: Probe[] = [...creations, ...updates, ...guards, ...removals];
