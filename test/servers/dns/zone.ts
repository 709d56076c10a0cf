import { type DnsRecord, type Outcome, type Question, readQuestion, writeAnswer } from './message.ts';

/** What happens to questions about a name, other than a true answer. */
type Fate = 'hang' | 'garbage' | 'servfail';

/** What a name server knows and was asked, however the questions come. */
export type Zone = {
  /** What was asked, in order, as `SRV _jmap._tcp.example.test`. */
  readonly queries: readonly string[];
  add(...records: DnsRecord[]): void;
  /** For a name and all names under it. */
  decide(name: string, fate: Fate): void;
  /** Lets a name go whose questions hung, and answers those that still wait. */
  release(name: string): void;
  /** Calls `send` with the answer, if and when there is one. */
  answer: (message: Buffer, isDatagram: boolean, send: (bytes: Buffer) => void) => void;
};

/** What fits into a datagram that no network takes apart. */
const LARGEST_DATAGRAM = 1232;

/** A zone that knows nothing yet. */
export const createZone = (): Zone => {
  const queries: string[] = [];
  const records = new Map<string, DnsRecord[]>();
  const fates = new Map<string, Fate>();
  const held = new Map<string, (() => void)[]>();
  const fateOf = (name: string): [key: string, fate: Fate] | undefined =>
    [...fates].find(([key]) => `.${name}`.endsWith(`.${key}`));
  const answerTo = (question: Question, message: Buffer, isDatagram: boolean): Buffer => {
    const { name, type } = question;
    const [, fate] = fateOf(name) ?? [];
    if (fate === 'garbage') return Buffer.concat([message.subarray(0, 2), Buffer.alloc(40, 0xfb)]);
    if (fate === 'servfail') return writeAnswer(question, 'servfail', []);
    const all = records.get(name) ?? [];
    const outcome: Outcome = all.length > 0 ? 'ok' : 'nxdomain';
    const asked = all.filter((record) => record.type === type);
    const whole = writeAnswer(question, outcome, asked);
    return isDatagram && whole.length > LARGEST_DATAGRAM ? writeAnswer(question, outcome, asked, true) : whole;
  };
  return {
    queries,
    add: (...added) => {
      for (const record of added) records.set(record.name, [...(records.get(record.name) ?? []), record]);
    },
    decide: (name, fate) => void fates.set(name, fate),
    release: (name) => {
      fates.delete(name);
      for (const say of held.get(name) ?? []) say();
      held.delete(name);
    },
    answer: (message, isDatagram, send) => {
      const question = readQuestion(message);
      queries.push(`${question.type} ${question.name}`);
      const [key = '', fate] = fateOf(question.name) ?? [];
      const say = (): void => send(answerTo(question, message, isDatagram));
      if (fate === 'hang') held.set(key, [...(held.get(key) ?? []), say]);
      else say();
    },
  };
};
