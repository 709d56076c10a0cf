import type { Probe } from './probes.ts';
import type { Side } from './side.ts';

/** A message whose Message-ID is `<name>@compare.test`. */
const letter = (name: string): string =>
  [
    'From: Alice <alice@example.test>',
    'To: Bob <bob@elsewhere.test>',
    'Bcc: Dave <dave@elsewhere.test>',
    `Subject: ${name}`,
    `Message-ID: <${name.replaceAll(' ', '-')}@compare.test>`,
    'Date: Sun, 01 Mar 2026 08:00:00 +0000',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    'Grüße\r\n',
  ].join('\r\n');

const uploaded = async (side: Side, text: string): Promise<string> => {
  const response = await side.raw.upload(text);
  return ((await response.json()) as { blobId: string }).blobId;
};

const importing = (side: Side, blobId: string, more: Record<string, unknown> = {}) => {
  const plain = { mailboxIds: { [side.id('Drafts')]: true }, keywords: { $draft: true, $seen: true } };
  return { emails: { k: { blobId, receivedAt: '2026-03-01T08:00:00Z', ...plain, ...more } } };
};

/** Brings a draft, whose name is its subject. */
const draft = async (side: Side, name: string): Promise<void> => {
  const blobId = await uploaded(side, letter(name));
  const { created } = await side.raw.ask<{ created: Record<string, { id: string; threadId: string }> }>(
    'Email/import',
    importing(side, blobId),
  );
  side.call(name, created['k']?.id ?? '');
  side.call(`thread of ${name}`, created['k']?.threadId ?? '');
};

const uploads: Probe[] = [
  [
    'an upload',
    async (side) => {
      const response = await side.raw.upload(letter('nothing'));
      const { blobId: _, expires: __, ...rest } = (await response.json()) as Record<string, unknown>;
      return side.show({ status: response.status, ...rest });
    },
  ],
  [
    'Email/import',
    async (side) => {
      await draft(side, 'imported');
      const properties = ['mailboxIds', 'keywords', 'messageId', 'subject', 'from', 'to', 'bcc', 'receivedAt', 'size'];
      return side.ask('Email/get', { ids: [side.id('imported')], properties });
    },
  ],
  [
    'Email/import again',
    async (side) => side.ask('Email/import', importing(side, await uploaded(side, letter('imported')))),
  ],
  [
    'Email/import again into another mailbox',
    async (side) => {
      const elsewhere = { mailboxIds: { [side.id('Sent')]: true } };
      const answer = await side.ask(
        'Email/import',
        importing(side, await uploaded(side, letter('imported')), elsewhere),
      );
      return { answer, left: await side.ask('Email/get', { ids: [side.id('imported')], properties: ['mailboxIds'] }) };
    },
  ],
  ['Email/import of nothing', (side) => side.ask('Email/import', importing(side, `G${'0'.repeat(40)}`))],
  [
    'Email/import into no mailbox',
    async (side) =>
      side.ask('Email/import', importing(side, await uploaded(side, letter('homeless')), { mailboxIds: {} })),
  ],
  [
    'Email/import of bare newlines',
    async (side) =>
      side.ask('Email/import', importing(side, await uploaded(side, letter('bare').replaceAll('\r', '')))),
  ],
  ...(['<imported@compare.test>', 'imported@compare.test', 'nobody@compare.test'].map((id) => [
    `Email/query by Message-ID ${id}`,
    (side: Side) => side.ask('Email/query', { filter: { inMailbox: side.id('Drafts'), header: ['Message-ID', id] } }),
  ]) as Probe[]),
];

/** Who the user sends as. On Cyrus this is the account's id, which has its name already. */
const identities = new WeakMap<Side, string>();

const create = (
  side: Side,
  email: string,
  more: Record<string, unknown> = {},
  parameters?: Record<string, string>,
) => ({
  create: {
    s: {
      identityId: identities.get(side),
      emailId: side.id(email),
      envelope: {
        mailFrom: { email: 'alice@example.test', ...(parameters ? { parameters } : {}) },
        rcptTo: [{ email: 'bob@elsewhere.test' }, { email: 'dave@elsewhere.test' }],
      },
      ...more,
    },
  },
  onSuccessUpdateEmail: {
    '#s': {
      [`mailboxIds/${side.id('Drafts')}`]: null,
      [`mailboxIds/${side.id('Sent')}`]: true,
      'keywords/$draft': null,
    },
  },
});

const submissionState = async (side: Side): Promise<string> =>
  (await side.raw.ask<{ state: string }>('EmailSubmission/get', { ids: [] })).state;
const leftOf = (side: Side, email: string): Promise<unknown> =>
  side.ask('Email/get', { ids: [side.id(email)], properties: ['mailboxIds', 'keywords'] });

/** As Tern sends: the ticket is given back in the same request, and the submission hangs on that. */
const onTicket = (side: Side, email: string, ifInState: string): Promise<unknown> =>
  side.request(
    ['Email/set', { ifInState, update: { [side.id(email)]: { 'keywords/$submitpending': null } } }, 't'],
    [
      'EmailSubmission/set',
      {
        accountId: undefined,
        '#accountId': { resultOf: 't', name: 'Email/set', path: '/accountId' },
        ...create(side, email),
      },
      's',
    ],
  );

const submissions: Probe[] = [
  [
    'Identity/get',
    async (side) => {
      const { list } = await side.raw.ask<{ list: { id: string }[] }>('Identity/get', { ids: null });
      identities.set(side, list[0]?.id ?? '');
      return list.map((identity) => Object.fromEntries(Object.entries(identity).filter(([name]) => name !== 'id')));
    },
  ],
  ['Identity/changes', (side) => side.ask('Identity/changes', { sinceState: '0' })],
  [
    'EmailSubmission/set for the first time in a bogus state',
    (side) => side.ask('EmailSubmission/set', { ifInState: 'bogus' }),
  ],
  [
    'EmailSubmission/set',
    async (side) => {
      await draft(side, 'sent one');
      const before = await submissionState(side);
      const answer = await side.request(['EmailSubmission/set', create(side, 'sent one'), 's']);
      return { answer, moved: before !== (await submissionState(side)), left: await leftOf(side, 'sent one') };
    },
  ],
  [
    'EmailSubmission/set in an old state',
    async (side) => {
      await draft(side, 'sent two');
      const ifInState = await submissionState(side);
      await side.raw.ask('EmailSubmission/set', { ifInState, ...create(side, 'sent two') });
      return side.request(['EmailSubmission/set', { ifInState, ...create(side, 'sent two') }, 's']);
    },
  ],
  [
    'EmailSubmission/set on a ticket, twice',
    async (side) => {
      await draft(side, 'sent three');
      const { newState } = await side.raw.ask<{ newState: string }>('Email/set', {
        update: { [side.id('sent three')]: { 'keywords/$submitpending': true } },
      });
      return {
        first: await onTicket(side, 'sent three', newState),
        again: await onTicket(side, 'sent three', newState),
      };
    },
  ],
  [
    'a set of nothing in a bogus state, and a call that hangs on it',
    (side) =>
      side.request(
        ['Email/set', { ifInState: 'bogus' }, 't'],
        [
          'Email/get',
          { accountId: undefined, '#accountId': { resultOf: 't', name: 'Email/set', path: '/accountId' }, ids: [] },
          'g',
        ],
      ),
  ],
  [
    'EmailSubmission/set of a stranger',
    (side) => side.ask('EmailSubmission/set', create(side, 'sent one', { emailId: 'Mstranger' })),
  ],
  [
    'EmailSubmission/set by a stranger',
    (side) => side.ask('EmailSubmission/set', create(side, 'sent one', { identityId: 'stranger' })),
  ],
  [
    'EmailSubmission/set to nobody',
    (side) =>
      side.ask(
        'EmailSubmission/set',
        create(side, 'sent one', { envelope: { mailFrom: { email: 'alice@example.test' }, rcptTo: [] } }),
      ),
  ],
  [
    'EmailSubmission/set whose success cannot be done',
    async (side) => {
      await draft(side, 'sent four');
      const patch = { 'mailboxIds/stranger': true, [`mailboxIds/${side.id('Drafts')}`]: null };
      const args = { ...create(side, 'sent four'), onSuccessUpdateEmail: { '#s': patch } };
      return { answer: await side.request(['EmailSubmission/set', args, 's']), left: await leftOf(side, 'sent four') };
    },
  ],
  [
    'EmailSubmission/set held back, looked at, and taken back',
    async (side) => {
      await draft(side, 'held');
      const { created } = await side.raw.ask<{ created: Record<string, { id: string; undoStatus: string }> }>(
        'EmailSubmission/set',
        create(side, 'held', {}, { HOLDFOR: '3600' }),
      );
      const id = created['s']?.id ?? '';
      side.call('the held one', id);
      const held = await side.ask('EmailSubmission/get', { ids: [id], properties: ['emailId', 'undoStatus'] });
      const found = await side.ask('EmailSubmission/query', { filter: { emailIds: [side.id('held')] } });
      const back = {
        [`mailboxIds/${side.id('Drafts')}`]: true,
        [`mailboxIds/${side.id('Sent')}`]: null,
        'keywords/$draft': true,
      };
      const cancelled = await side.request([
        'EmailSubmission/set',
        { update: { [id]: { undoStatus: 'canceled' } }, onSuccessUpdateEmail: { [id]: back } },
        's',
      ]);
      return { undoStatus: created['s']?.undoStatus, held, found, cancelled, left: await leftOf(side, 'held') };
    },
  ],
  [
    'EmailSubmission/set takes back what was sent',
    async (side) => {
      await draft(side, 'sent five');
      const { created } = await side.raw.ask<{ created: Record<string, { id: string }> }>(
        'EmailSubmission/set',
        create(side, 'sent five'),
      );
      const id = created['s']?.id ?? '';
      side.call('the sent one', id);
      return side.ask('EmailSubmission/set', { update: { [id]: { undoStatus: 'canceled' } } });
    },
  ],
];

/** Everything about mail that leaves which is compared, in order. */
export const sending: Probe[] = [...uploads, ...submissions];
