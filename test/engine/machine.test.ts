import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { nextPhase, type Phase, type PhaseEvent } from '../../src-main/engine/machine.ts';
import { type ErrorKind, errorKinds, remedyFor, TernError } from '../../src-shared/errors.ts';

const offlineError = new TernError('network', 'no route');
const authError = new TernError('auth', 'wrong password');
const NOW = 1_000_000;

const phases = {
  offline: { name: 'offline', attempt: 3, until: 5, error: offlineError },
  connecting: { name: 'connecting', attempt: 3 },
  flushing: { name: 'flushing', attempt: 3 },
  syncing: { name: 'syncing', attempt: 3 },
  live: { name: 'live' },
  blocked: { name: 'blocked', why: 'auth', error: authError, until: null },
  stopped: { name: 'stopped' },
} satisfies { [N in Phase['name']]: Phase };

const failed = (error: TernError, jitter = 0.5): PhaseEvent => ({ type: 'failed', error, now: NOW, jitter });
const events = {
  start: { type: 'start' },
  opened: { type: 'opened' },
  flushed: { type: 'flushed' },
  pulled: { type: 'pulled' },
  wake: { type: 'wake' },
  resume: { type: 'resume' },
  stop: { type: 'stop' },
  'failed (network)': failed(offlineError),
  'failed (auth)': failed(authError),
} satisfies Record<string, PhaseEvent>;

const connecting = (attempt: number): Phase => ({ name: 'connecting', attempt });
const offline = (attempt: number, delay: number): Phase => ({
  name: 'offline',
  attempt,
  until: NOW + delay,
  error: offlineError,
});
const blocked: Phase = { name: 'blocked', why: 'auth', error: authError, until: null };
const stopped: Phase = { name: 'stopped' };

/** What leads anywhere; everything else leaves the phase as it is. Attempt 3 has failed three times: 40 s are next. */
const moves: { [N in Phase['name']]: { [E in keyof typeof events]?: Phase } } = {
  offline: {
    wake: connecting(3),
    resume: connecting(0),
    stop: stopped,
    'failed (network)': offline(4, 40_000),
    'failed (auth)': blocked,
  },
  connecting: {
    resume: connecting(0),
    opened: { name: 'flushing', attempt: 3 },
    stop: stopped,
    'failed (network)': offline(4, 40_000),
    'failed (auth)': blocked,
  },
  flushing: {
    resume: { name: 'flushing', attempt: 0 },
    flushed: { name: 'syncing', attempt: 3 },
    stop: stopped,
    'failed (network)': offline(4, 40_000),
    'failed (auth)': blocked,
  },
  syncing: {
    resume: { name: 'syncing', attempt: 0 },
    pulled: { name: 'live' },
    stop: stopped,
    'failed (network)': offline(4, 40_000),
    'failed (auth)': blocked,
  },
  live: {
    wake: { name: 'flushing', attempt: 0 },
    stop: stopped,
    'failed (network)': offline(1, 5_000),
    'failed (auth)': blocked,
  },
  blocked: { wake: connecting(0), stop: stopped, 'failed (network)': offline(1, 5_000), 'failed (auth)': blocked },
  stopped: { start: connecting(0) },
};

describe('the phase machine', () => {
  for (const [name, phase] of Object.entries(phases))
    for (const [eventName, event] of Object.entries(events)) {
      const to = (moves[name as Phase['name']] as Record<string, Phase | undefined>)[eventName];
      it(`${name}, ${eventName}: ${to?.name ?? 'nothing'}`, () => {
        const next = nextPhase(phase, event);
        if (to) deepEqual(next, to);
        else if (phase.name === 'stopped') deepEqual(next, phase);
        else equal(next, phase, 'the very same phase, so that nobody is told of a change');
      });
    }

  it('leaves stopped only by start, whatever happens', () => {
    const others = Object.values(events).filter(({ type }) => type !== 'start');
    for (const event of others) deepEqual(nextPhase(stopped, event), stopped);
  });
});

describe('a wake of the machine', () => {
  for (const [kind, to] of [
    ['tls', 'connecting'],
    ['storage', 'connecting'],
    ['auth', 'blocked'],
    ['forbidden', 'blocked'],
  ] as const)
    it(`leaves an account that is blocked by ${kind} ${to}`, () => {
      const detail = kind === 'forbidden' ? { confirm: ['elsewhere.example'] } : {};
      const waits = nextPhase({ name: 'syncing', attempt: 1 }, failed(new TernError(kind, 'no', { detail })));
      equal(waits.name, 'blocked');
      equal(nextPhase(waits, events.resume).name, to);
    });
});

/** So many failures in a row, each after a wake and whatever progress is told. */
const afterFailures = (count: number, jitter: number, error = offlineError, progress: PhaseEvent[] = []): Phase[] => {
  let phase: Phase = { name: 'connecting', attempt: 0 };
  return Array.from({ length: count }, () => {
    for (const event of progress) phase = nextPhase(phase, event);
    phase = nextPhase(phase, failed(error, jitter));
    const waits = phase;
    phase = nextPhase(phase, { type: 'wake' });
    return waits;
  });
};
const delays = (waits: Phase[]): number[] => waits.map((phase) => ('until' in phase ? (phase.until ?? 0) : 0) - NOW);

describe('back-off', () => {
  it('doubles from 5 s to 300 s', () => {
    deepEqual(
      delays(afterFailures(9, 0.5)),
      [5, 10, 20, 40, 80, 160, 300, 300, 300].map((s) => s * 1000),
    );
  });

  it('goes on where it was while a failing account gets as far as pulling', () => {
    const pulling: PhaseEvent[] = [{ type: 'opened' }, { type: 'flushed' }];
    deepEqual(delays(afterFailures(3, 0.5, offlineError, pulling)), [5000, 10_000, 20_000]);
  });

  it('has a jitter of a fifth either way', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (count, jitter) => {
          const delay = delays(afterFailures(count, jitter)).at(-1) ?? 0;
          const plain = Math.min(300_000, 5000 * 2 ** (count - 1));
          ok(delay >= plain * 0.8 - 1 && delay <= plain * 1.2 + 1);
          ok(Math.abs(delay - plain * (0.8 + 0.4 * jitter)) <= 1);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('gives way to a longer Retry-After, never to a shorter one', () => {
    const asked = (retryAfter: number) =>
      delays(afterFailures(1, 0.5, new TernError('rateLimited', 'wait', { retryAfter })));
    deepEqual([asked(600), asked(5.5), asked(1), asked(0)], [[600_000], [5500], [5000], [5000]]);
  });

  it('begins anew after a success', () => {
    let phase: Phase = { name: 'syncing', attempt: 6 };
    phase = nextPhase(phase, { type: 'pulled' });
    phase = nextPhase(phase, { type: 'wake' });
    phase = nextPhase(phase, { type: 'flushed' });
    deepEqual(nextPhase(phase, failed(offlineError)), offline(1, 5000));
  });
});

describe('a failure', () => {
  const reasons: Partial<Record<ErrorKind, string>> = {
    auth: 'auth',
    tls: 'tls',
    storage: 'storage',
    forbidden: 'auth',
  };
  for (const kind of errorKinds)
    it(`of kind ${kind} ${reasons[kind] ? `blocks: ${reasons[kind]}` : 'is tried again later'}`, () => {
      const error = new TernError(kind, 'why');
      const next = nextPhase({ name: 'syncing', attempt: 0 }, failed(error));
      const why = reasons[kind];
      equal(remedyFor(kind) === 'block', why !== undefined);
      if (why === undefined) deepEqual(next, { name: 'offline', attempt: 1, until: NOW + 5000, error });
      else deepEqual(next, { name: 'blocked', why, error, until: kind === 'storage' ? NOW + 60_000 : null });
    });

  it('that asks for a confirmation blocks until it is given', () => {
    const error = new TernError('forbidden', 'confirm', { detail: { confirm: ['cdn.example.net'] } });
    deepEqual(nextPhase({ name: 'connecting', attempt: 2 }, failed(error)), {
      name: 'blocked',
      why: 'confirm',
      error,
      until: null,
    });
  });
});
