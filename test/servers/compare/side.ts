import type { MethodCall, RawJmap, RawSession } from '../cyrus/rawJmap.ts';
import { rawJmap, usingOf } from '../cyrus/rawJmap.ts';
import type { MailServer, TestMail } from '../mailServer.ts';

/** One of the servers under comparison, with the names that the probes gave to its ids. */
export type Side = {
  server: MailServer;
  raw: RawJmap;
  session: RawSession;
  account: string;
  /** The id that a name stands for. */
  id(name: string): string;
  /** Gives an id a name, which both servers' answers then show. */
  call(name: string, id: string): void;
  /** Delivers a mail whose name is its subject. */
  deliver(...mails: (TestMail & { in?: string[] })[]): Promise<void>;
  makeMailbox(name: string, parent?: string): Promise<void>;
  /** One call's answer, or `{ error }` with its type. Refused requests answer `{ refused }`. */
  ask(name: string, args: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** The calls of one request, the account added to each that doesn't name one. */
  request(...calls: MethodCall[]): Promise<unknown>;
  /** Any value with names for ids and without what differs from server to server by right. */
  show(value: unknown): unknown;
};

/** Who is there on both servers before the first probe. */
const beginnings: (TestMail & { in?: string[] })[] = Array.from({ length: 12 }, (_, index) => {
  const n = index + 1;
  return {
    subject: n === 12 ? 'Re: mail 11' : `mail ${n}`,
    from: { name: 'Zoë Kröger', email: 'zoe@example.test' },
    to: [{ name: 'Alice', email: 'alice@example.test' }],
    text: `This is the text of mail ${n}.\n`,
    messageId: `mail-${n}@compare.test`,
    receivedAt: new Date(Date.UTC(2026, 0, 1, 8, n)),
    keywords: n % 3 === 0 ? ['$seen'] : n % 5 === 0 ? ['$flagged', 'project-x'] : [],
    ...(n === 12 ? { inReplyTo: 'mail-11@compare.test' } : {}),
    ...(n === 4 ? { in: ['Inbox', 'Projects'] } : {}),
  };
});

const unordered = new Set(['created', 'updated', 'destroyed', 'notFound', 'updatedProperties', 'arguments', 'list']);
const opaque: Record<string, string> = {
  state: 'a state',
  queryState: 'a state',
  sessionState: 'a state',
  oldState: 'a state',
  newState: 'a state',
  blobId: 'a blob',
  sendAt: 'a moment',
};
const counted: Record<string, string> = { size: 'a size', sortOrder: 'a number' };
/** Words for people, which any error may bring (RFC 8620 section 3.6). */
const words = new Set(['description', 'detail', 'title']);

const text = (value: unknown): string => JSON.stringify(value) ?? '';

const shown = (value: unknown, names: ReadonlyMap<string, string>): unknown => {
  if (typeof value === 'string') return names.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item: unknown) => shown(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]: [string, unknown]): [string, unknown][] => {
      const name = names.get(key) ?? key;
      if (words.has(key)) return [];
      if (typeof inner === 'string' && Object.hasOwn(opaque, key)) return [[name, opaque[key]]];
      if (typeof inner === 'number' && Object.hasOwn(counted, key)) return [[name, counted[key]]];
      const plain = shown(inner, names);
      const sort = Array.isArray(plain) && unordered.has(key);
      return [[name, sort ? plain.toSorted((a, b) => (text(a) < text(b) ? -1 : 1)) : plain]];
    }),
  );
};

/** Sends a body as it is and tells what became of it. */
export const refusalOf = async (response: Response): Promise<Record<string, unknown>> => {
  const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
  const body: unknown = /json/.test(type) ? await response.json() : await response.text().then(() => 'no JSON');
  return { status: response.status, contentType: type, body };
};

/** Gets a server ready for the probes: the same mailboxes and mail on each. */
export const openSide = async (server: MailServer): Promise<Side> => {
  const raw = rawJmap(server);
  const session = await raw.session();
  const account = session.primaryAccounts['urn:ietf:params:jmap:mail'] ?? '';
  const ids = new Map<string, string>();
  const names = new Map<string, string>([[account, 'the account']]);
  const call = (name: string, id: string): void => {
    names.set(id, name);
    ids.set(name, id);
  };
  const id = (name: string): string => {
    const found = ids.get(name);
    if (found === undefined) throw new Error(`nobody is called ${name}`);
    return found;
  };
  const show = (value: unknown): unknown => shown(value, names);
  const nameThreads = async (): Promise<void> => {
    const threads = (await server.threads?.()) ?? {};
    for (const [email, thread] of Object.entries(threads))
      if (!names.has(thread)) names.set(thread, `thread of ${names.get(email) ?? 'nobody'}`);
  };
  for (const [box, { name }] of Object.entries((await server.truth()).mailboxes)) call(name, box);

  const request: Side['request'] = async (...calls) => {
    const methodCalls = calls.map(([name, args, tag]) => [name, { accountId: account, ...args }, tag]);
    const response = await raw.post(JSON.stringify({ using: usingOf(calls), methodCalls }));
    if (response.status !== 200) return show({ refused: await refusalOf(response) });
    return show(await response.json());
  };
  const side: Side = {
    server,
    raw,
    session,
    account,
    id,
    call,
    show,
    request,
    ask: async (name, args) => {
      const response = (await request([name, args, 'c'])) as { methodResponses?: MethodCall[] };
      const [answer] = response.methodResponses ?? [];
      if (!answer) return response;
      return answer[0] === 'error' ? { error: answer[1] } : answer[1];
    },
    deliver: async (...mails) => {
      const homes = mails.map((mail) => (mail.in ? { ...mail, mailboxIds: mail.in.map(id) } : mail));
      const given = await server.deliver(homes);
      for (const [n, { subject = '' }] of mails.entries()) call(subject, given[n] ?? '');
      await nameThreads();
    },
    makeMailbox: async (name, parent) =>
      call(name, await (parent === undefined ? server.createMailbox(name) : server.createMailbox(name, id(parent)))),
  };
  await side.makeMailbox('Projects');
  await side.makeMailbox('Deep', 'Projects');
  for (const mail of beginnings) await side.deliver(mail);
  return side;
};

/** Every leaf of a value by its path. */
export const leaves = (value: unknown, path = ''): Map<string, unknown> => {
  if (typeof value !== 'object' || value === null) return new Map([[path, value]]);
  const entries = Object.entries(value);
  if (entries.length === 0) return new Map([[path, Array.isArray(value) ? '[]' : '{}']]);
  return new Map(
    entries.flatMap(([key, inner]: [string, unknown]) => [...leaves(inner, path === '' ? key : `${path}.${key}`)]),
  );
};
