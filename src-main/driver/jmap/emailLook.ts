import * as z from 'zod';
import { textValue as text } from '../values.ts';
import { type JmapClient, type MethodAnswer, type MethodCall, must } from './client.ts';
import { snapshotSchema } from './get.ts';

/** An email on its way out, as the server has it; `state` is that of all emails then. */
export type Looked = { state: string; keywords: Set<string>; mailboxes: Set<string>; namesBcc: boolean };

/** The call that looks at an email on its way out. */
export const lookAt = (email: string): MethodCall => [
  'Email/get',
  { ids: [email], properties: ['keywords', 'mailboxIds', 'header:Bcc'] },
];

const object = z.record(z.string(), z.unknown()).nullish();
const emailSchema = z.object({ keywords: object, mailboxIds: object, 'header:Bcc': z.unknown() });

const namesIn = (set: Record<string, unknown> | null | undefined): string[] =>
  Object.entries(set ?? {}).flatMap(([name, on]) => (on === true ? [name] : []));

/** What `lookAt` answered; null where the server has no such email any more. */
export const looked = (answer: MethodAnswer | undefined): Looked | null => {
  const { state, list } = must(answer, snapshotSchema, 'Email/get');
  const [email] = list ?? [];
  const parsed = emailSchema.safeParse(email);
  if (!parsed.success) return null;
  const { keywords, mailboxIds, 'header:Bcc': bcc } = parsed.data;
  return {
    state,
    keywords: new Set(namesIn(keywords).map((keyword) => keyword.toLowerCase())),
    mailboxes: new Set(namesIn(mailboxIds)),
    namesBcc: bcc != null,
  };
};

/** How many emails of a mailbox are looked through where the server cannot look for a header field. */
const NEWEST = 200;

const messageIdSchema = z.object({ id: z.string(), messageId: z.array(z.string()).nullish(), mailboxIds: object });

/** The email with this Message-ID in a mailbox, by remote id; null where none is found. */
export const findByMessageId = async (
  client: JmapClient,
  messageId: string,
  mailbox: string,
  signal: AbortSignal,
): Promise<string | null> => {
  const get: MethodCall = [
    'Email/get',
    {
      '#ids': { resultOf: '0', name: 'Email/query', path: '/ids' },
      properties: ['messageId', 'mailboxIds'],
    },
  ];
  const query = (filter: object, limit: number): MethodCall => [
    'Email/query',
    { filter: { inMailbox: mailbox, ...filter }, sort: [{ property: 'receivedAt', isAscending: false }], limit },
  ];
  let answers = await client.call([query({ header: ['Message-ID', messageId] }, 10), get], signal);
  // Not every server looks for header fields (RFC 8621 section 4.4.1); what is looked for is new.
  if (answers[0] && 'error' in answers[0])
    answers = await client.call([query({}, Math.min(NEWEST, client.limits.maxObjectsInGet)), get], signal);
  const { list } = must(answers[1], snapshotSchema, 'Email/get');
  for (const value of list ?? []) {
    const { data } = messageIdSchema.safeParse(value);
    if (data?.messageId?.some((id) => text(id) === messageId) && namesIn(data.mailboxIds).includes(mailbox))
      return data.id;
  }
  return null;
};
