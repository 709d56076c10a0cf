import { statesOf } from './movement.ts';
import type { Probe } from './probes.ts';
import type { Side } from './side.ts';

const at = (n: number): Date => new Date(Date.UTC(2026, 2, 1, 8, n));

/** Brings the mail that the sets are about: `set 1` to `set 9`. */
export const bringMails = (side: Side): Promise<void> =>
  side.deliver(
    ...Array.from({ length: 9 }, (_, n) => ({
      subject: `set ${n + 1}`,
      messageId: `set-${n + 1}@compare.test`,
      receivedAt: at(n),
      in: n === 3 ? ['Inbox', 'Archive'] : ['Inbox'],
    })),
  );

const update =
  (mail: string, patch: (side: Side) => Record<string, unknown>) =>
  (side: Side): Promise<unknown> =>
    side.ask('Email/set', { update: { [side.id(mail)]: patch(side) } });

const flags: Probe[] = [
  ['Email/set flags', update('set 1', () => ({ 'keywords/$flagged': true }))],
  ['Email/set flags what is flagged', update('set 1', () => ({ 'keywords/$flagged': true }))],
  ['Email/set unflags', update('set 1', () => ({ 'keywords/$flagged': null }))],
  ['Email/set unflags what is not flagged', update('set 1', () => ({ 'keywords/$flagged': null }))],
  ['Email/set marks as read', update('set 1', () => ({ 'keywords/$seen': true }))],
  ['Email/set of all keywords', update('set 1', () => ({ keywords: { 'project-x': true, $answered: true } }))],
  [
    'Email/set of a keyword in capitals',
    update('set 1', () => ({ 'keywords/$SEEN': true, 'keywords/Project-Y': true })),
  ],
  ['Email/set of keywords that are null', update('set 1', () => ({ keywords: null }))],
  ['Email/set of a keyword with a slash', update('set 8', () => ({ 'keywords/a~1b': true }))],
  ['Email/set of an empty patch', update('set 1', () => ({}))],
  ['Email/set of nothing', (side) => side.ask('Email/set', {})],
  ['Email/set of empty arguments', (side) => side.ask('Email/set', { create: {}, update: {}, destroy: [] })],
];

const places: Probe[] = [
  ['Email/set into a second mailbox', update('set 2', (side) => ({ [`mailboxIds/${side.id('Archive')}`]: true }))],
  ['Email/set into a mailbox it is in', update('set 2', (side) => ({ [`mailboxIds/${side.id('Archive')}`]: true }))],
  ['Email/set out of one of two', update('set 2', (side) => ({ [`mailboxIds/${side.id('Inbox')}`]: null }))],
  [
    'Email/set out of a mailbox it is not in',
    update('set 2', (side) => ({ [`mailboxIds/${side.id('Trash')}`]: null })),
  ],
  [
    'Email/set moves',
    update('set 3', (side) => ({ [`mailboxIds/${side.id('Trash')}`]: true, [`mailboxIds/${side.id('Inbox')}`]: null })),
  ],
  ['Email/set moves by a whole set', update('set 3', (side) => ({ mailboxIds: { [side.id('Junk')]: true } }))],
  ['Email/set out of the last mailbox', update('set 3', (side) => ({ [`mailboxIds/${side.id('Junk')}`]: null }))],
  ['Email/set into no mailbox', update('set 3', () => ({ mailboxIds: {} }))],
  ['Email/set into a strange mailbox', update('set 3', () => ({ 'mailboxIds/stranger': true }))],
  ['Email/set out of a strange mailbox', update('set 3', () => ({ 'mailboxIds/stranger': null }))],
  ['Email/set into a strange mailbox alone', update('set 3', () => ({ mailboxIds: { stranger: true } }))],
];

const refusals: Probe[] = [
  ['Email/set of a stranger', (side) => side.ask('Email/set', { update: { stranger: { 'keywords/x': true } } })],
  ['Email/set below a keyword', update('set 4', () => ({ 'keywords/x/y': true }))],
  ['Email/set of a whole and a part', update('set 4', () => ({ keywords: { x: true }, 'keywords/y': true }))],
  ['Email/set of the subject', update('set 4', () => ({ subject: 'other' }))],
  ['Email/set of an unknown property', update('set 4', () => ({ colour: 'red' }))],
  ['Email/set of a keyword to false', update('set 4', () => ({ 'keywords/x': false }))],
  ['Email/set of a keyword that cannot be', update('set 4', () => ({ 'keywords/a b': true }))],
  ['Email/set with an unknown argument', (side) => side.ask('Email/set', { colour: 'red' })],
  ['Email/set of an argument of another type', (side) => side.ask('Email/set', { update: [] })],
  ['Email/set creates nothing out of nothing', (side) => side.ask('Email/set', { create: { k: {} } })],
  [
    'Email/set of good and bad',
    (side) => {
      const patch = { 'keywords/mixed': true };
      return side.ask('Email/set', {
        update: { [side.id('set 4')]: patch, stranger: patch, [side.id('set 5')]: { 'mailboxIds/stranger': true } },
        destroy: ['stranger 2', side.id('set 9')],
      });
    },
  ],
  [
    'Email/set of too many',
    (side) =>
      side.ask('Email/set', {
        update: Object.fromEntries(Array.from({ length: 41 }, (_, n) => [`x${n}`, { 'keywords/x': true }])),
      }),
  ],
];

const destroys: Probe[] = [
  ['Email/set destroys', (side) => side.ask('Email/set', { destroy: [side.id('set 5')] })],
  ['Email/set destroys what is gone', (side) => side.ask('Email/set', { destroy: [side.id('set 5')] })],
  ['Email/set flags what is gone', update('set 5', () => ({ 'keywords/$flagged': true }))],
  ['Email/set destroys a stranger', (side) => side.ask('Email/set', { destroy: ['stranger'] })],
  ['Email/set destroys in two mailboxes', (side) => side.ask('Email/set', { destroy: [side.id('set 4')] })],
  ['Email/set destroys one twice', (side) => side.ask('Email/set', { destroy: [side.id('set 6'), side.id('set 6')] })],
  [
    'Email/set updates and destroys one',
    (side) =>
      side.ask('Email/set', {
        update: { [side.id('set 7')]: { 'keywords/x': true } },
        destroy: [side.id('set 7')],
      }),
  ],
];

const guarded = (side: Side, ifInState: unknown, keyword: string): Promise<unknown> =>
  side.ask('Email/set', { ifInState, update: { [side.id('set 8')]: { [`keywords/${keyword}`]: true } } });

const guards: Probe[] = [
  ['Email/set in the state', async (side) => guarded(side, (await statesOf(side))['Email'], 'fresh')],
  ['Email/set in any state', (side) => guarded(side, null, 'any')],
  [
    'Email/set in an old state',
    async (side) => {
      const old = (await statesOf(side))['Email'];
      await side.server.setKeywords([side.id('set 1')], { other: true });
      return guarded(side, old, 'stale');
    },
  ],
  ['Email/set in a bogus state', (side) => guarded(side, 'bogus', 'bogus')],
  [
    'Email/set in the state that a set answered',
    async (side) => {
      const id = side.id('set 8');
      const { newState } = await side.raw.ask<{ newState: string }>('Email/set', {
        update: { [id]: { 'keywords/first': true } },
      });
      return { same: newState === (await statesOf(side))['Email'], next: await guarded(side, newState, 'second') };
    },
  ],
  [
    'Email/set in the state that changes lead to',
    async (side) => {
      const sinceState = (await statesOf(side))['Email'];
      await side.server.setKeywords([side.id('set 1')], { another: true });
      const ifInState = { resultOf: 'c', name: 'Email/changes', path: '/newState' };
      const patch = { 'keywords/referred': true };
      return side.request(
        ['Email/changes', { sinceState }, 'c'],
        ['Email/set', { '#ifInState': ifInState, update: { [side.id('set 8')]: patch } }, 's'],
      );
    },
  ],
  [
    'Email/set by a reference to changes that failed',
    (side) => {
      const ifInState = { resultOf: 'c', name: 'Email/changes', path: '/newState' };
      const patch = { 'keywords/never': true };
      return side.request(
        ['Email/changes', { sinceState: 'bogus' }, 'c'],
        ['Email/set', { '#ifInState': ifInState, update: { [side.id('set 8')]: patch } }, 's'],
      );
    },
  ],
];

/** What is left of the mail in the end, by its names. */
export const leftMails: Probe = [
  'what the sets left of the mail',
  async (side) => {
    type Row = { id: string; keywords: unknown; mailboxIds: unknown };
    const { list } = await side.raw.ask<{ list: Row[] }>('Email/get', {
      ids: Array.from({ length: 9 }, (_, n) => side.id(`set ${n + 1}`)),
      properties: ['keywords', 'mailboxIds'],
    });
    return side.show(Object.fromEntries(list.map(({ id, ...rest }) => [id, rest])));
  },
];

/** Each Email/set that is compared, in an order in which one starts from what the ones before it left. */
export const emailSets: Probe[] = [...flags, ...places, ...refusals, ...destroys, ...guards];
