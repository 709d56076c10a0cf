import {
  type CommandHook,
  type CommandTest,
  createFaults,
  type Failure,
  type Faults,
  type StartTls,
} from './faults.ts';
import { renumber } from './mailboxes.ts';
import type { Mailbox } from './model.ts';
import type { Site } from './site.ts';

/** The knobs that make a server misbehave; each stays as it is set until it is set again or `reset`. Ids as of `MailServer`. */
export type Trouble = {
  /** The next n commands of that name (`UID FETCH`), or that the test takes, or any for null, fail like this. */
  fail(command: string | CommandTest | null, failure: Failure, n?: number): void;
  /** Called with each command before it is carried out, as another client that comes first; null ends it. */
  beforeCommand(hook: CommandHook | null): void;
  /** Called with each command between the work and the answer; null ends it. */
  beforeAnswer(hook: CommandHook | null): void;
  /** Delays every answer, in milliseconds; 0 ends it. */
  slow(ms: number): void;
  /** Commands are taken and not answered until `resume`. */
  hang(): void;
  resume(): void;
  /** Ends every connection, without a word or after a BYE. */
  drop(): void;
  bye(text?: string): void;
  /** Writes a line to every connection at once, whatever it does to the client. */
  say(line: string): void;
  /** More connections than that are refused: by BYE at the greeting, or NO [LIMIT] at the login. Null ends it. */
  maxConnections(limit: number | null, how?: 'bye' | 'no'): void;
  /** The next n connections are greeted so. */
  greet(kind: 'bye' | 'preauth', n?: number): void;
  startTls(how: StartTls): void;
  /** IDLE is accepted and then says nothing. */
  deafIdle(on: boolean): void;
  /** Comes with the next answer as an ALERT. */
  alert(text: string): void;
  /** The words of every tagged response, whatever characters they hold; null: the usual ones. */
  words(text: string | null): void;
  /** FETCH with CHANGEDSINCE 0 is answered BAD. */
  refuseChangedSinceZero(on: boolean): void;
  /** The literals of an email are said to be so many octets longer (or shorter) than they are; 0 ends it. */
  wrongLiteral(email: string, octets: number): void;
  /** FETCH answers this for an item of an email, as it is: `BODYSTRUCTURE`, or `BODY[HEADER]`; null ends it. */
  answerItem(email: string, item: string, raw: string | null): void;
  /** The header of an email has so many octets, made up while they are sent; 0 ends it. */
  hugeHeader(email: string, octets: number): void;
  /** FETCH never answers for this email. */
  neverFetch(email: string): void;
  /** The next n responses of FETCH are missing. */
  missFetches(n: number): void;
  shuffleFetches(on: boolean): void;
  /** Called after each response of a FETCH with its number; what it does to the mailbox is told at once. Null ends it. */
  betweenFetches(act: ((responses: number) => void) | null): void;
  /** A mailbox gets new UIDs, under that UIDVALIDITY or a new one; connections that have it selected are ended. */
  renumber(mailbox: string, uidValidity?: number): void;
  /** A mailbox says that UIDVALIDITY, its UIDs as they are. */
  uidValidity(mailbox: string, value: number): void;
  /** HIGHESTMODSEQ is so much less than it was. */
  lowerModseq(mailbox: string, by: number): void;
  noModseq(mailbox: string, on: boolean): void;
  /** LIST leaves a mailbox out. */
  unlisted(mailbox: string, on: boolean): void;
  /** The server forgets which UIDs were expunged (RFC 7162 section 3.2.5.1). */
  forgetExpunges(mailbox: string): void;
  /** Ends all misbehaviour; what mailboxes were made to say stays. */
  reset(): void;
};

const setOrDelete = <T>(map: Map<string, T>, key: string, value: T, empty: T): void => {
  if (value === empty) map.delete(key);
  else map.set(key, value);
};

const testOf = (command: string | CommandTest | null): CommandTest => {
  if (typeof command === 'function') return command;
  return ({ verb }) => command === null || verb === command;
};

const answerKnobs = (faults: Faults) => ({
  fail: (command: string | CommandTest | null, failure: Failure, n = 1) => {
    faults.waiting.push({ failure, test: testOf(command), left: n });
  },
  beforeCommand: (hook: CommandHook | null) => {
    faults.before = hook;
  },
  beforeAnswer: (hook: CommandHook | null) => {
    faults.after = hook;
  },
  slow: (ms: number) => {
    faults.slowMs = ms;
  },
  hang: () => {
    if (faults.hung) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    faults.hung = { promise, release: resolve };
  },
  resume: () => {
    faults.hung?.release();
    faults.hung = null;
  },
  maxConnections: (limit: number | null, how: 'bye' | 'no' = 'bye') => {
    faults.connections = limit === null ? null : { limit, how };
  },
  greet: (kind: 'bye' | 'preauth', n = 1) => {
    faults.greeting = { kind, left: n };
  },
  startTls: (how: StartTls) => {
    faults.startTls = how;
  },
  deafIdle: (on: boolean) => {
    faults.deafIdle = on;
  },
  alert: (text: string) => {
    faults.alerts.push(text);
  },
  words: (text: string | null) => {
    faults.words = text;
  },
});

const fetchKnobs = (faults: Faults) => ({
  refuseChangedSinceZero: (on: boolean) => {
    faults.noChangedSinceZero = on;
  },
  wrongLiteral: (email: string, octets: number) => setOrDelete(faults.wrongLiterals, email, octets, 0),
  answerItem: (email: string, item: string, raw: string | null) => {
    const answers = faults.answers.get(email) ?? new Map<string, string>();
    if (raw === null) answers.delete(item);
    else answers.set(item, raw);
    faults.answers.set(email, answers);
  },
  hugeHeader: (email: string, octets: number) => setOrDelete(faults.hugeHeaders, email, octets, 0),
  neverFetch: (email: string) => {
    faults.neverFetched.add(email);
  },
  missFetches: (n: number) => {
    faults.missingFetches = n;
  },
  shuffleFetches: (on: boolean) => {
    faults.shuffled = on;
  },
  betweenFetches: (act: ((responses: number) => void) | null) => {
    faults.between = act;
  },
});

const mailboxKnobs = ({ account, faults }: Site) => {
  const mailboxOf = (id: string): Mailbox => {
    const found = [...account.mailboxes.values()].find((mailbox) => mailbox.id === id);
    if (!found) throw new Error(`The test server has no mailbox ${id}`);
    return found;
  };
  return {
    renumber: (mailbox: string, uidValidity?: number) => renumber(account, mailboxOf(mailbox), uidValidity),
    uidValidity: (mailbox: string, value: number) => {
      mailboxOf(mailbox).uidValidity = value;
    },
    lowerModseq: (mailbox: string, by: number) => {
      mailboxOf(mailbox).modseq -= by;
    },
    noModseq: (mailbox: string, on: boolean) => {
      mailboxOf(mailbox).noModseq = on;
    },
    unlisted: (mailbox: string, on: boolean) => {
      if (on) faults.unlisted.add(mailboxOf(mailbox).id);
      else faults.unlisted.delete(mailbox);
    },
    forgetExpunges: (mailbox: string) => {
      const box = mailboxOf(mailbox);
      box.expunged = [];
      box.expungedSince = box.modseq;
    },
  };
};

/** The knobs of a site. */
export const createTrouble = (site: Site): Trouble => {
  const { faults, sessions } = site;
  return {
    ...answerKnobs(faults),
    ...fetchKnobs(faults),
    ...mailboxKnobs(site),
    drop: () => {
      for (const session of sessions) session.destroy();
    },
    bye: (text = 'Server is shutting down') => {
      for (const session of sessions) session.bye(text);
    },
    say: (line) => {
      for (const { out } of sessions) {
        out.write(`${line}\r\n`);
        out.flush();
      }
    },
    reset: () => {
      faults.hung?.release();
      Object.assign(faults, createFaults());
    },
  };
};
