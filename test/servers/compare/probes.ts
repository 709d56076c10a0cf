import { badProbes } from './probesBad.ts';
import type { Side } from './side.ts';

/** A question that is put to both servers; what it answers is compared leaf by leaf. */
export type Probe = [name: string, ask: (side: Side) => Promise<unknown>];

/** As `src-main/driver/jmap/convert.ts` asks for an email. */
const wholeEmail = [
  'id',
  'blobId',
  'threadId',
  'mailboxIds',
  'keywords',
  'size',
  'receivedAt',
  'messageId',
  'inReplyTo',
  'references',
  'sender',
  'from',
  'to',
  'cc',
  'bcc',
  'replyTo',
  'subject',
  'sentAt',
  'hasAttachment',
  'preview',
  'attachments',
  'header:List-Unsubscribe:asURLs',
];
const bodyProperties = ['partId', 'blobId', 'size', 'name', 'type', 'cid', 'disposition'];
const newest = { sort: [{ property: 'receivedAt', isAscending: false }] };

const kindOf = (value: unknown): unknown => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value !== 'object') return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, kindOf(inner)]));
};

const gets: Probe[] = [
  ['Mailbox/get of all', (side) => side.ask('Mailbox/get', { ids: null })],
  ['Mailbox/get of none', (side) => side.ask('Mailbox/get', { ids: [] })],
  ['Mailbox/get of one and a stranger', (side) => side.ask('Mailbox/get', { ids: [side.id('Deep'), 'stranger'] })],
  [
    'Mailbox/get of counters',
    (side) => side.ask('Mailbox/get', { ids: [side.id('Inbox')], properties: ['totalEmails'] }),
  ],
  ['Mailbox/query', (side) => side.ask('Mailbox/query', { sort: [{ property: 'name' }], calculateTotal: true })],
  ['Mailbox/query by role', (side) => side.ask('Mailbox/query', { filter: { role: 'inbox' } })],
  [
    'Email/get of what Tern stores',
    (side) =>
      side.ask('Email/get', {
        ids: [side.id('mail 4'), side.id('Re: mail 11')],
        properties: wholeEmail,
        bodyProperties,
      }),
  ],
  [
    'Email/get of what changes',
    (side) => side.ask('Email/get', { ids: [side.id('mail 5')], properties: ['id', 'mailboxIds', 'keywords'] }),
  ],
  ['Email/get of all properties', (side) => side.ask('Email/get', { ids: [side.id('mail 1')] })],
  ['Email/get of none', (side) => side.ask('Email/get', { ids: [] })],
  ['Email/get of a stranger', (side) => side.ask('Email/get', { ids: ['stranger'], properties: ['id'] })],
  [
    'Email/get of one twice',
    (side) => side.ask('Email/get', { ids: [side.id('mail 1'), side.id('mail 1')], properties: ['id'] }),
  ],
  [
    'Email/get of a body',
    (side) =>
      side.ask('Email/get', {
        ids: [side.id('mail 1')],
        properties: ['bodyValues', 'textBody', 'bodyStructure'],
        fetchTextBodyValues: true,
        maxBodyValueBytes: 10,
      }),
  ],
  [
    'Email/get with an unknown property',
    (side) => side.ask('Email/get', { ids: [side.id('mail 1')], properties: ['colour'] }),
  ],
  [
    'Email/get of too many',
    (side) => side.ask('Email/get', { ids: Array.from({ length: 41 }, (_, n) => `x${n}`), properties: ['id'] }),
  ],
  ['Email/get of all there are', (side) => side.ask('Email/get', { ids: null, properties: ['id'] })],
  ['Email/get of an id that cannot be', (side) => side.ask('Email/get', { ids: ['no such id!'], properties: ['id'] })],
  [
    'Thread/get',
    async (side) => {
      const threads = (await side.server.threads?.()) ?? {};
      return side.ask('Thread/get', { ids: [threads[side.id('mail 11')] ?? '', 'stranger'] });
    },
  ],
];

const queries: Probe[] = [
  ['Email/query', (side) => side.ask('Email/query', newest)],
  [
    'Email/query with a limit and the total',
    (side) => side.ask('Email/query', { ...newest, limit: 3, calculateTotal: true }),
  ],
  ['Email/query from a position', (side) => side.ask('Email/query', { ...newest, position: 10, limit: 5 })],
  ['Email/query from the end', (side) => side.ask('Email/query', { ...newest, position: -2 })],
  ['Email/query from before the beginning', (side) => side.ask('Email/query', { ...newest, position: -50, limit: 2 })],
  ['Email/query beyond the end', (side) => side.ask('Email/query', { ...newest, position: 50, calculateTotal: true })],
  [
    'Email/query behind an anchor',
    (side) => side.ask('Email/query', { ...newest, anchor: side.id('mail 8'), anchorOffset: 1, limit: 2 }),
  ],
  [
    'Email/query before an anchor',
    (side) => side.ask('Email/query', { ...newest, anchor: side.id('mail 8'), anchorOffset: -2, limit: 2 }),
  ],
  [
    'Email/query behind the last one',
    (side) => side.ask('Email/query', { ...newest, anchor: side.id('mail 1'), anchorOffset: 1, calculateTotal: true }),
  ],
  [
    'Email/query far before an anchor',
    (side) => side.ask('Email/query', { ...newest, anchor: side.id('mail 11'), anchorOffset: -9, limit: 1 }),
  ],
  [
    'Email/query behind a stranger',
    (side) => side.ask('Email/query', { ...newest, anchor: 'stranger', anchorOffset: 1 }),
  ],
  [
    'Email/query of one mailbox',
    (side) => side.ask('Email/query', { ...newest, filter: { inMailbox: side.id('Projects') }, calculateTotal: true }),
  ],
  [
    'Email/query of nothing',
    (side) => side.ask('Email/query', { ...newest, filter: { inMailbox: side.id('Deep') }, calculateTotal: true }),
  ],
  ['Email/query of a strange mailbox', (side) => side.ask('Email/query', { filter: { inMailbox: 'stranger' } })],
  ['Email/query of threads', (side) => side.ask('Email/query', { ...newest, collapseThreads: true, limit: 2 })],
  ['Email/query of none', (side) => side.ask('Email/query', { ...newest, limit: 0, calculateTotal: true })],
  ['Email/query with a negative limit', (side) => side.ask('Email/query', { ...newest, limit: -1 })],
  ['Email/query by an unknown filter', (side) => side.ask('Email/query', { filter: { colour: 'red' } })],
  ['Email/query by an unknown order', (side) => side.ask('Email/query', { sort: [{ property: 'colour' }] })],
];

const core = 'urn:ietf:params:jmap:core';
const mail = 'urn:ietf:params:jmap:mail';

const session: Probe[] = [
  [
    'the session',
    async (side) => {
      const { capabilities, accounts, primaryAccounts, ...rest } = side.session;
      return side.show({
        rest: kindOf(rest),
        core: kindOf(capabilities[core]),
        mail: capabilities[mail],
        account: kindOf(accounts[side.account]?.accountCapabilities?.[mail]),
        ofAccount: Object.keys(accounts[side.account] ?? {}).toSorted(),
        primary: primaryAccounts[mail],
      });
    },
  ],
  [
    'the well-known place',
    async (side) => {
      if (side.server.config.protocol !== 'jmap') throw new Error('not JMAP');
      const response = await fetch(side.server.config.sessionUrl, { redirect: 'manual' });
      return { status: response.status };
    },
  ],
  [
    'a download',
    async (side) => {
      const { list } = await side.raw.ask<{ list: { blobId: string }[] }>('Email/get', {
        ids: [side.id('mail 1')],
        properties: ['blobId'],
      });
      const answer = async (blobId: string): Promise<unknown> => {
        const response = await side.raw.download(blobId, 'message/rfc822');
        const bytes = await response.text();
        return {
          status: response.status,
          type: response.headers.get('content-type')?.split(';')[0],
          subject: /^Subject: (.*)\r$/m.exec(bytes)?.[1] ?? null,
        };
      };
      return { mail: await answer(list[0]?.blobId ?? ''), stranger: await answer('Gstranger') };
    },
  ],
];

/** Everything that is asked of a server that stands still. */
export const probes: Probe[] = [...session, ...gets, ...queries, ...badProbes];
