import { readFileSync } from 'node:fs';
import type { Outcome } from '../../src-main/driver/driver.ts';
import type { Fate, Mailer, Outgoing, Outlet, RecipientResult, SendResult } from '../../src-main/driver/outgoing.ts';
import { raceSignal } from '../../src-main/lib/async.ts';
import { TernError } from '../../src-shared/errors.ts';

/** A message as a server that is no server took it. */
type Taken = { remoteId: string; messageId: string; mailbox: string; keywords: string[]; source: string };

/** A server for mail that leaves, as plain values. It keeps what it was given, and does what `script` says. */
export type FakeMailer = Mailer & {
  /** Who got which message, in order: `<Message-ID> recipient`. */
  readonly ledger: string[];
  /** What lies in its mailboxes. */
  readonly filed: Taken[];
  /** The bytes of what was handed over, in order. */
  readonly sent: string[];
  readonly script: {
    outlet: Outlet;
    /** What becomes of the next messages handed over; then all are accepted. */
    submits: Submit[];
    fates: Fate[];
    files: Outcome[];
    /** So many messages are filed, and no answer comes. */
    losesAnswers: number;
    /** Called when it was handed a message over whole; it thinks about it until this resolves. */
    thinking: () => Promise<void>;
    /** Whether it puts what it is handed over into Sent by itself. */
    filesSent: boolean;
    /** Whether it keeps to itself what it calls a message that was filed. */
    namesNothing: boolean;
    /** How many ids it gave out. */
    made: number;
  };
};

/**
 * `accept`: by everybody; `lost`: by everybody, and no answer comes; `away`: it cannot be reached; `dropped`: the line is lost
 * before the last moment; or what it says.
 */
type Submit = 'accept' | 'lost' | 'lostUnsent' | 'away' | 'dropped' | SendResult;

const all = ({ envelope }: Outgoing, state: RecipientResult['state'], reply: string | null = null): RecipientResult[] =>
  envelope.to.map((email) => ({ email, state, reply }));

type Mind = Pick<FakeMailer, 'ledger' | 'filed' | 'sent' | 'script'>;

const lost = (): TernError => new TernError('network', 'the connection was lost');

const newId = (mind: Mind): string => `remote-${++mind.script.made}`;

/** Everybody in the envelope has it. */
const deliver = (mind: Mind, message: Outgoing): void => {
  const { ledger, filed, sent, script } = mind;
  const { messageId } = message;
  const isHeld = script.outlet.way === 'held';
  sent.push(isHeld ? '' : readFileSync(message.file.path, 'utf8'));
  if (script.filesSent)
    filed.push({ remoteId: newId(mind), messageId, mailbox: message.sent ?? '', keywords: [], source: '' });
  for (const to of message.envelope.to) ledger.push(`${messageId} ${to}`);
  for (const each of filed.filter((one) => isHeld && one.messageId === messageId)) {
    each.mailbox = message.sent ?? '';
    each.keywords = ['$seen'];
  }
};

const submit =
  (mind: Mind): Mailer['submit'] =>
  async (message, { committing }, signal) => {
    const next = mind.script.submits.shift() ?? 'accept';
    if (next === 'away') throw new TernError('network', 'it cannot be reached', { detail: { reached: false } });
    if (next === 'dropped') throw lost();
    if (typeof next === 'object' && next.result !== 'accepted') return next;
    await committing('before');
    await raceSignal(mind.script.thinking(), signal);
    if (next !== 'lostUnsent') deliver(mind, message);
    if (next === 'lost' || next === 'lostUnsent') return { result: 'unknown', error: lost() };
    if (typeof next === 'object') return next;
    const filed = mind.script.outlet.way === 'held';
    return { result: 'accepted', recipients: all(message, 'accepted', '250 ok'), filed, submission: null };
  };

const file =
  (mind: Mind): Mailer['file'] =>
  async ({ messageId, mailbox, keywords, file: { path }, journal }, { note }) => {
    const { filed, script } = mind;
    const said = script.files.shift();
    if (said && said.result !== 'done') return said;
    const there = filed.find((each) => each.messageId === messageId && each.mailbox === mailbox);
    if (journal !== null && there) return { result: 'done', remoteId: there.remoteId };
    await note('before');
    const remoteId = newId(mind);
    const done: Outcome = { result: 'done', ...(script.namesNothing ? {} : { remoteId }) };
    filed.push({ remoteId, messageId, mailbox, keywords, source: readFileSync(path, 'utf8') });
    script.losesAnswers -= 1;
    return script.losesAnswers >= 0 ? { result: 'unknown', error: lost(), counts: true } : done;
  };

/** A server that takes everything. */
export const fakeMailer = (way: Outlet['way'] = 'bytes'): FakeMailer => {
  const outlet = { way, holdSeconds: 0, largest: null };
  const script = {
    outlet,
    submits: [],
    fates: [],
    files: [],
    losesAnswers: 0,
    thinking: () => Promise.resolve(),
    filesSent: false,
    namesNothing: false,
    made: 0,
  };
  const mind: Mind = { ledger: [], filed: [], sent: [], script };
  const isFiled: Mailer['isFiled'] = async ({ messageId, sent: mailbox }) =>
    mind.filed.some((each) => each.messageId === messageId && each.mailbox === mailbox);
  return {
    ...mind,
    outlet: async () => mind.script.outlet,
    identities: async () => [],
    file: file(mind),
    submit: submit(mind),
    fate: async (message, _journal, cursors, signal) =>
      mind.script.fates.shift() ?? ((await isFiled(message, cursors, signal)) ? 'accepted' : 'unknown'),
    isFiled,
    cancel: async () => false,
  };
};
