import type { CommandTest, Failure } from '../servers/imap/faults.ts';
import type { ImapServer } from '../servers/imapServer.ts';
import type { Act as AnyAct, Pick } from './actor.ts';
import type { Rig as AnyRig } from './rig.ts';

type Rig = AnyRig<ImapServer>;
type Act = AnyAct<Rig>;

/** Commands that change something of what a person sees. */
export const changesThings: CommandTest = ({ verb }) =>
  /^(UID )?(STORE|COPY|MOVE|EXPUNGE)$|^(CREATE|RENAME|DELETE)$/.test(verb);

const lost = (pick: Pick): Failure =>
  pick<Failure>([
    { kind: 'drop' },
    { kind: 'drop', done: true },
    { kind: 'drop', done: true },
    { kind: 'cut', bytes: pick([0, 3, 17, 40]) ?? 0 },
    { kind: 'bye' },
    { kind: 'bye', done: true },
  ]) ?? { kind: 'drop' };

const passing = [undefined, 'UNAVAILABLE', 'INUSE', 'LIMIT', 'SERVERBUG'];
const lasting = ['NOPERM', 'OVERQUOTA', 'CANNOT'];

const refused =
  (codes: readonly (string | undefined)[], done: boolean) =>
  (pick: Pick): Failure => {
    const code = pick(codes);
    return { kind: 'no', done, ...(code === undefined ? {} : { code }) };
  };

const describe = (failure: Failure): string =>
  [failure.kind, 'code' in failure && failure.code, 'done' in failure && failure.done && 'after the work']
    .filter(Boolean)
    .join(' ');

const isForGood = (failure: Failure): boolean =>
  failure.kind === 'bad' || (failure.kind === 'no' && lasting.includes(failure.code ?? ''));

/** Where neither a message nor the copy made to move it may be taken away, it is there twice for everybody. */
const noteKept = (rig: Rig): void => {
  const kept = 'removal refused for good';
  if (rig.faults.has(kept)) rig.ledger.vague = true;
  rig.fault(kept);
};

/** The next commands, of all or of those that change something, fail so; counted when it takes effect. */
const failing =
  (failureOf: (pick: Pick) => Failure, onSets: boolean): Act =>
  (rig, pick, amount) => {
    const failure = failureOf(pick);
    const test: CommandTest = (command) => {
      // Half of this command is a question of the server's: a silent one would be waited for in real time.
      if (command.verb === 'AUTHENTICATE') return false;
      if (onSets && !changesThings(command)) return false;
      rig.fault(`${describe(failure)} of ${changesThings(command) ? 'a set' : 'a read'}`);
      if (isForGood(failure) && command.line.includes('\\Deleted')) noteKept(rig);
      return true;
    };
    rig.server.trouble.fail(test, failure, pick([1, 1, 2, amount]) ?? 1);
  };

/** What mailboxes are made to say, each counted as it is set. */
const mailboxSays =
  (name: string, turn: (server: ImapServer, mailbox: string, pick: Pick) => void): Act =>
  (rig, pick) => {
    const mailbox = pick(rig.server.boxes().map(({ id }) => id));
    if (mailbox === undefined) return;
    rig.fault(name);
    turn(rig.server, mailbox, pick);
  };

/** What goes wrong between Tern and an IMAP server. */
export const imapTroubles: Record<string, Act> = {
  lostSet: failing(lost, true),
  lost: failing(lost, false),
  refusedSet: failing(refused(passing, false), true),
  refusedAny: failing(refused(passing, false), false),
  refusedForGood: failing(refused(lasting, false), true),
  bad: failing(() => ({ kind: 'bad' }), true),
  partial: failing(refused(passing, true), true),
  wrongPassword: (rig) => {
    rig.fault('signing in refused');
    rig.server.trouble.fail('AUTHENTICATE', { kind: 'no', code: 'AUTHENTICATIONFAILED' });
    rig.server.trouble.drop();
  },
  drop: (rig) => rig.server.trouble.drop(),
  bye: (rig) => rig.server.trouble.bye(),
  notGreeted: (rig) => {
    rig.server.trouble.greet('bye', 1);
    rig.server.trouble.drop();
  },
  renumber: (rig, pick) => {
    const mailbox = pick(rig.server.boxes().map(({ id }) => id));
    if (mailbox === undefined) return;
    rig.fault('renumbered');
    rig.ledger.renumbered = true;
    rig.server.trouble.renumber(mailbox);
  },
  validityZero: (rig, pick) => {
    const mailbox = pick(rig.server.boxes().map(({ id }) => id));
    if (mailbox === undefined || pick([true, false, false, false]) !== true) return;
    rig.fault('UIDVALIDITY 0');
    rig.ledger.vague = true;
    rig.server.trouble.uidValidity(mailbox, 0);
  },
  lowerModseq: mailboxSays('HIGHESTMODSEQ lowered', (server, mailbox, pick) =>
    server.trouble.lowerModseq(mailbox, pick([1, 2, 5]) ?? 1),
  ),
  noModseq: mailboxSays('NOMODSEQ', (server, mailbox, pick) =>
    server.trouble.noModseq(mailbox, pick([true, false]) ?? true),
  ),
  forgetExpunges: mailboxSays('expunges forgotten', (server, mailbox) => server.trouble.forgetExpunges(mailbox)),
  shuffle: (rig, pick) => rig.server.trouble.shuffleFetches(pick([true, false]) ?? true),
  missFetches: (rig, _, amount) => {
    rig.fault('FETCH answers missing');
    // Of a placeholder nobody knows which message it is.
    rig.ledger.vague = true;
    rig.server.trouble.missFetches(amount);
  },
  calm: (rig) => rig.calm(),
};
