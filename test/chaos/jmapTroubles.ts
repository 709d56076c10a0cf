import { type FailureKind, hasSet, type ItemTest } from '../servers/jmap/faults.ts';
import type { JmapServer } from '../servers/jmapServer.ts';
import type { Act as AnyAct, Pick } from './actor.ts';
import type { Rig as AnyRig } from './rig.ts';

type Rig = AnyRig<JmapServer>;
type Act = AnyAct<Rig>;

const lost: FailureKind[] = ['dropBefore', 'dropAfter', 'dropAfter', 'truncated', 'cutShort', 'malformed'];
const refused: FailureKind[] = [
  'http500',
  'http502',
  'http504',
  'http503',
  'http429',
  'http401',
  'serverFail',
  'serverUnavailable',
  'html',
  'http404',
];

const failing =
  (kinds: FailureKind[], onSets: boolean): Act =>
  (rig, pick, amount) => {
    const kind = pick(kinds) ?? 'http500';
    const retryAfter = pick([undefined, undefined, 1, 20]);
    const when: typeof hasSet = (request) => {
      if (onSets && !hasSet(request)) return false;
      rig.fault(`${kind} of ${hasSet(request) ? 'a set' : 'a read'}`);
      return true;
    };
    rig.server.trouble.failNext(kind, pick([1, 1, 2, amount]) ?? 1, {
      when,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
  };

const methodErrors = [
  'stateMismatch',
  'serverFail',
  'serverPartialFail',
  'rateLimit',
  'requestTooLarge',
  'invalidArguments',
  'forbidden',
];
const itemErrors = [
  'notFound',
  'forbidden',
  'invalidProperties',
  'overQuota',
  'serverFail',
  'rateLimit',
  'tooLarge',
  'somethingNew',
];

/** Some of the items, by what their ids end with; each counted when it takes effect. */
const itemTest = (rig: Rig, pick: Pick, name: string, types: string[]): ItemTest => {
  const digits = pick(['12', '357', '0123456789abcdef']) ?? '1';
  const type = pick(types) ?? 'serverFail';
  const method = pick(['Email/set', 'Email/set', 'Mailbox/set']);
  return (called, id, patch) => {
    // A server that says of what it has that it is not there is beyond help: nothing would be asked again.
    if (patch === null && type === 'notFound') return null;
    if (called !== method || !digits.includes(id.at(-1) ?? '')) return null;
    rig.fault(`${name} ${type}`);
    return { type };
  };
};

const toggled =
  (name: string, turn: (rig: Rig, on: boolean) => void): Act =>
  (rig, pick) => {
    const on = pick([true, false]) ?? true;
    if (on) rig.fault(name);
    turn(rig, on);
  };

/** What goes wrong between Tern and a JMAP server. */
export const jmapTroubles: Record<string, Act> = {
  lostSet: failing(lost, true),
  lost: failing(lost, false),
  refusedSet: failing(refused, true),
  refusedAny: failing(refused, false),
  methodError: (rig, pick, amount) => {
    const type = pick(methodErrors) ?? 'serverFail';
    rig.fault(`method ${type}`);
    rig.server.trouble.failMethod(
      pick(['Email/set', 'Email/set', 'Mailbox/set']) ?? 'Email/set',
      type,
      pick([1, 2, amount]) ?? 1,
    );
  },
  refuseItems: (rig, pick) =>
    rig.server.trouble.refuseItems(pick([null, itemTest(rig, pick, 'refused', itemErrors)]) ?? null),
  partial: (rig, pick) =>
    rig.server.trouble.partial(
      pick([null, itemTest(rig, pick, 'done and', ['serverFail', 'serverPartialFail', 'rateLimit'])]) ?? null,
    ),
  ignoreIfInState: toggled('ignored ifInState', (rig, on) => {
    if (on) rig.ledger.unguarded = true;
    rig.server.trouble.ignoreIfInState(on);
  }),
  hideOwnChanges: toggled('hidden own changes', (rig, on) => rig.server.trouble.hideOwnChanges(on)),
  smallSets: (rig, pick) =>
    rig.server.trouble.changeSession({ limits: { maxObjectsInSet: pick([1, 2, 3, 500]) ?? 3 } }),
  smallPages: (rig, pick) => rig.server.trouble.maxChanges(pick([null, 1, 2]) ?? null),
  cannotCalculate: (rig, pick) => {
    rig.fault('cannotCalculateChanges');
    rig.server.trouble.cannotCalculateChanges(pick([null, 'Email', 'Mailbox'] as const) ?? null, 1);
  },
  calm: (rig) => rig.calm(),
};
