import type { Side } from './side.ts';

/** Something that another client does; what then moved is compared. */
export type Action = [name: string, act: (side: Side) => Promise<void>];

const at = (n: number): Date => new Date(Date.UTC(2026, 1, 1, 8, n));

/** In this order: each starts from what the ones before it left. */
export const actions: Action[] = [
  ['a new mail', (side) => side.deliver({ subject: 'fresh', messageId: 'fresh@compare.test', receivedAt: at(1) })],
  [
    'an answer, read already',
    (side) =>
      side.deliver({
        subject: 'Re: fresh',
        messageId: 'answer@compare.test',
        inReplyTo: 'fresh@compare.test',
        receivedAt: at(2),
        keywords: ['$seen'],
      }),
  ],
  ['a mail read', (side) => side.server.setKeywords([side.id('fresh')], { $seen: true })],
  ['a mail flagged', (side) => side.server.setKeywords([side.id('fresh')], { $flagged: true })],
  ['a custom keyword', (side) => side.server.setKeywords([side.id('fresh')], { 'project-x': true })],
  ['a keyword that was there', (side) => side.server.setKeywords([side.id('fresh')], { 'project-x': true })],
  ['a mail copied', (side) => side.server.setMailboxes([side.id('mail 1')], { [side.id('Archive')]: true })],
  [
    'a mail moved',
    (side) => side.server.setMailboxes([side.id('mail 2')], { [side.id('Archive')]: true, [side.id('Inbox')]: null }),
  ],
  [
    'a mail taken from one of two',
    (side) => side.server.setMailboxes([side.id('mail 1')], { [side.id('Inbox')]: null }),
  ],
  ['a mail destroyed', (side) => side.server.destroy([side.id('mail 5')])],
  ['an answer destroyed', (side) => side.server.destroy([side.id('Re: fresh')])],
  ['a mailbox made', (side) => side.makeMailbox('New')],
  ['a mailbox renamed', (side) => side.server.renameMailbox(side.id('New'), 'Newer')],
  ['a mailbox moved', async (side) => side.server.moveMailbox?.(side.id('New'), side.id('Projects'))],
  [
    'a mail that came and went',
    async (side) => {
      await side.deliver({ subject: 'passing', messageId: 'passing@compare.test', receivedAt: at(3) });
      await side.server.destroy([side.id('passing')]);
    },
  ],
  [
    'a mail changed, then destroyed',
    async (side) => {
      await side.server.setKeywords([side.id('mail 6')], { $flagged: true });
      await side.server.destroy([side.id('mail 6')]);
    },
  ],
  [
    'a mail that came and was read',
    async (side) => {
      await side.deliver({ subject: 'quick', messageId: 'quick@compare.test', receivedAt: at(4) });
      await side.server.setKeywords([side.id('quick')], { $seen: true });
    },
  ],
  [
    'a mailbox renamed and filled',
    async (side) => {
      await side.server.renameMailbox(side.id('New'), 'Newest');
      await side.deliver({ subject: 'inside', messageId: 'inside@compare.test', receivedAt: at(5), in: ['New'] });
    },
  ],
  ['an empty mailbox deleted', (side) => side.server.deleteMailbox(side.id('Deep'))],
  ['a mailbox with mail deleted', (side) => side.server.deleteMailbox(side.id('New'))],
];

const types = ['Mailbox', 'Email', 'Thread'] as const;
type States = Record<string, string>;

/** The states of all types. */
export const statesOf = async (side: Side): Promise<States> => {
  const states: States = {};
  for (const type of types) states[type] = (await side.raw.ask<{ state: string }>(`${type}/get`, { ids: [] })).state;
  return states;
};

/** Which states an action moved, and what changes tell of it. */
export const movementOf = async (side: Side, [, act]: Action): Promise<Record<string, unknown>> => {
  const before = await statesOf(side);
  const session = (await side.raw.session()).state;
  await act(side);
  const after = await statesOf(side);
  const told: Record<string, unknown> = { sessionMoved: (await side.raw.session()).state !== session };
  for (const type of types) {
    const changes = await side.ask(`${type}/changes`, { sinceState: before[type] });
    told[type] = { moved: before[type] !== after[type], changes };
  }
  return told;
};

/** Pages of changes, small ones, to their end; with many things done between. */
export const pagedChanges = async (side: Side): Promise<unknown> => {
  const since = (await statesOf(side))['Email'] ?? '';
  const mails = Array.from({ length: 7 }, (_, n) => ({
    subject: `paged ${n + 1}`,
    messageId: `paged-${n + 1}@compare.test`,
    receivedAt: at(10 + n),
  }));
  await side.deliver(...mails);
  await side.server.setKeywords([side.id('paged 1'), side.id('mail 7')], { $flagged: true });
  await side.server.destroy([side.id('paged 2'), side.id('mail 8')]);
  const told: Record<string, string> = {};
  const pages: { size: number; more: boolean }[] = [];
  for (let state = since; pages.length < 30; ) {
    const page = await side.raw.ask<{ newState: string; hasMoreChanges: boolean } & Record<string, string[]>>(
      'Email/changes',
      { sinceState: state, maxChanges: 3 },
    );
    const { created = [], updated = [], destroyed = [] } = page;
    for (const [how, ids] of Object.entries({ created, updated, destroyed }))
      for (const id of ids) {
        const name = String(side.show(id));
        told[name] = name in told ? `${told[name]}, ${how}` : how;
      }
    pages.push({ size: created.length + updated.length + destroyed.length, more: page.hasMoreChanges });
    state = page.newState;
    if (!page.hasMoreChanges) break;
  }
  return {
    told,
    ended: pages.at(-1)?.more === false,
    largest: Math.max(...pages.map(({ size }) => size)),
    empty: pages.filter(({ size, more }) => size === 0 && more).length > 0,
  };
};
