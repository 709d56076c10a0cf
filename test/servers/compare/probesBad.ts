import type { MethodCall } from '../cyrus/rawJmap.ts';
import type { Probe } from './probes.ts';
import { refusalOf } from './side.ts';

const newest = { sort: [{ property: 'receivedAt', isAscending: false }] };
const core = 'urn:ietf:params:jmap:core';
const mail = 'urn:ietf:params:jmap:mail';

const references: Probe[] = [
  [
    'a query and what it found',
    (side) =>
      side.request(
        ['Email/query', { ...newest, limit: 2 }, 'q'],
        ['Email/get', { '#ids': { resultOf: 'q', name: 'Email/query', path: '/ids' }, properties: ['subject'] }, 'g'],
      ),
  ],
  [
    'changes and their mailboxes, no property named',
    async (side) => {
      const { state } = await side.raw.ask<{ state: string }>('Mailbox/get', { ids: [] });
      return side.request(
        ['Mailbox/changes', { sinceState: state }, 'c'],
        [
          'Mailbox/get',
          {
            '#ids': { resultOf: 'c', name: 'Mailbox/changes', path: '/updated' },
            '#properties': { resultOf: 'c', name: 'Mailbox/changes', path: '/updatedProperties' },
          },
          'g',
        ],
      );
    },
  ],
  [
    'a reference through a list',
    (side) =>
      side.request(
        ['Email/get', { ids: [side.id('mail 11')], properties: ['threadId'] }, 'e'],
        ['Thread/get', { '#ids': { resultOf: 'e', name: 'Email/get', path: '/list/*/threadId' } }, 't'],
      ),
  ],
  [
    'a reference to no call',
    (side) => side.ask('Email/get', { '#ids': { resultOf: 'x', name: 'Email/query', path: '/ids' } }),
  ],
  [
    'a reference by another name',
    (side) =>
      side.request(
        ['Email/query', { ...newest, limit: 1 }, 'q'],
        ['Email/get', { '#ids': { resultOf: 'q', name: 'Email/changes', path: '/ids' }, properties: ['subject'] }, 'g'],
      ),
  ],
  [
    'a reference to nothing in it',
    (side) =>
      side.request(
        ['Email/query', { ...newest, limit: 1 }, 'q'],
        [
          'Email/get',
          { '#ids': { resultOf: 'q', name: 'Email/query', path: '/nothing' }, properties: ['subject'] },
          'g',
        ],
      ),
  ],
  [
    'a reference to a call that failed',
    (side) =>
      side.request(
        ['Email/changes', { sinceState: 'bogus' }, 'q'],
        [
          'Email/get',
          { '#ids': { resultOf: 'q', name: 'Email/changes', path: '/created' }, properties: ['subject'] },
          'g',
        ],
      ),
  ],
  [
    'an argument and a reference to it',
    (side) =>
      side.request(
        ['Email/query', { ...newest, limit: 1 }, 'q'],
        [
          'Email/get',
          { ids: [], '#ids': { resultOf: 'q', name: 'Email/query', path: '/ids' }, properties: ['subject'] },
          'g',
        ],
      ),
  ],
];

const refusals: Probe[] = [
  ['an unknown method', (side) => side.ask('Email/paint', {})],
  ['an unknown argument', (side) => side.ask('Email/get', { ids: [], colour: 'red' })],
  ['an argument of another type', (side) => side.ask('Email/get', { ids: 'all' })],
  ['no account', (side) => side.request(['Email/get', { accountId: null, ids: [] }, 'c'])],
  ['a strange account', (side) => side.ask('Email/get', { accountId: 'stranger', ids: [] })],
  ['a strange mailbox account', (side) => side.ask('Mailbox/get', { accountId: 'stranger', ids: [] })],
  ['changes without a state', (side) => side.ask('Email/changes', {})],
  ['changes since a bogus state', (side) => side.ask('Email/changes', { sinceState: 'bogus' })],
  ['mailbox changes since a bogus state', (side) => side.ask('Mailbox/changes', { sinceState: 'bogus' })],
  ['changes since a state to come', (side) => side.ask('Email/changes', { sinceState: '999999' })],
  [
    'changes, at most none',
    async (side) => {
      const { state } = await side.raw.ask<{ state: string }>('Email/get', { ids: [] });
      return side.ask('Email/changes', { sinceState: state, maxChanges: 0 });
    },
  ],
  [
    'too many calls',
    (side) => side.request(...Array.from({ length: 9 }, (_, n): MethodCall => ['Core/echo', {}, String(n)])),
  ],
  ['not JSON', async (side) => side.show(await refusalOf(await side.raw.post('{')))],
  ['not a request', async (side) => side.show(await refusalOf(await side.raw.post('{"using":[]}')))],
  [
    'a call that is none',
    async (side) =>
      side.show(
        await refusalOf(await side.raw.post(JSON.stringify({ using: [core, mail], methodCalls: [['Core/echo']] }))),
      ),
  ],
  [
    'another content type',
    async (side) => side.show(await refusalOf(await side.raw.post('{}', { 'content-type': 'text/plain' }))),
  ],
  [
    'an unknown capability',
    async (side) =>
      side.show(await refusalOf(await side.raw.post(JSON.stringify({ using: ['urn:x'], methodCalls: [] })))),
  ],
  [
    'a method whose capability is not used',
    async (side) => {
      const body = JSON.stringify({
        using: [core],
        methodCalls: [['Email/get', { accountId: side.account, ids: [] }, 'c']],
      });
      return side.show(await refusalOf(await side.raw.post(body)));
    },
  ],
  [
    'a wrong password',
    async (side) => {
      const response = await side.raw.post('{}', {
        authorization: `Basic ${Buffer.from('alice@example.test:wrong').toString('base64')}`,
      });
      const { status } = await refusalOf(response);
      return { status, challenge: /basic/i.test(response.headers.get('www-authenticate') ?? '') };
    },
  ],
  [
    'a request too large',
    async (side) =>
      side.show(
        await refusalOf(
          await side.raw.post(
            JSON.stringify({ using: [core], methodCalls: [['Core/echo', { text: 'x'.repeat(70_000) }, 'c']] }),
          ),
        ),
      ),
  ],
];

/** Back-references, good ones and bad, and whatever else a server has to refuse. */
export const badProbes: Probe[] = [...references, ...refusals];
