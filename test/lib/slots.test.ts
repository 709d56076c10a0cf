import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { createSlots } from '../../src-main/lib/slots.ts';
import { TernError } from '../../src-shared/errors.ts';
import { settle } from '../support/clock.ts';

const { signal } = new AbortController();

/** Slots whose tasks end when told; `begun` names them in the order in which they began. */
const watched = (first: number) => {
  let count = first;
  const slots = createSlots(() => count);
  const begun: string[] = [];
  const gates = new Map<string, () => void>();
  const done: Promise<unknown>[] = [];
  return {
    begun,
    setCount: (n: number) => (count = n),
    running: () => gates.size,
    start: (name: string, giveUp = signal) => {
      const ended = slots.run(async () => {
        begun.push(name);
        await new Promise<void>((resolve) => void gates.set(name, resolve));
        return name;
      }, giveUp);
      done.push(ended.catch(() => undefined));
      return ended;
    },
    end: (name: string) => {
      gates.get(name)?.();
      gates.delete(name);
    },
    endFirst: () => {
      const [name] = gates.keys();
      if (name !== undefined) gates.get(name)?.();
      if (name !== undefined) gates.delete(name);
    },
  };
};

describe('slots', () => {
  it('let so many run and the rest wait their turn, first come first served', async () => {
    const w = watched(2);
    for (const name of ['a', 'b', 'c', 'd']) void w.start(name);
    await settle();
    deepEqual(w.begun, ['a', 'b']);
    w.end('b');
    await settle();
    deepEqual(w.begun, ['a', 'b', 'c']);
    w.end('a');
    w.end('c');
    await settle();
    deepEqual(w.begun, ['a', 'b', 'c', 'd']);
  });

  it('never have more than their number running, also while that changes, and leave nobody waiting', async () => {
    const steps = fc.array(
      fc.oneof(fc.constant('start' as const), fc.constant('end' as const), fc.integer({ min: 1, max: 4 })),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const w = watched(2);
        const started: string[] = [];
        let allowed = 2;
        for (const step of plan) {
          const before = w.running();
          if (typeof step === 'number') {
            allowed = step;
            w.setCount(step);
          } else if (step === 'start') {
            started.push(`t${started.length}`);
            void w.start(`t${started.length - 1}`);
          } else w.endFirst();
          await settle(1);
          ok(w.running() <= Math.max(allowed, before), `${w.running()} run, ${allowed} may`);
        }
        for (let i = 0; i < plan.length; i++) {
          w.endFirst();
          await settle(1);
        }
        deepEqual(w.begun, started);
      }),
      { examples: [[[1, 'start', 'start', 2, 'start']]] },
    );
  });

  it('fill up again when their number has grown', async () => {
    const w = watched(1);
    for (const name of ['a', 'b', 'c', 'd', 'e']) void w.start(name);
    w.setCount(3);
    w.end('a');
    await settle();
    equal(w.running(), 3);
  });

  it('keep the order also when a task comes in the moment another ends', async () => {
    for (let turns = 0; turns < 8; turns++) {
      const w = watched(1);
      void w.start('a');
      void w.start('b');
      await settle();
      w.end('a');
      for (let i = 0; i < turns; i++) await Promise.resolve();
      void w.start('c');
      await settle();
      w.end('b');
      w.end('c');
      await settle();
      deepEqual(w.begun, ['a', 'b', 'c'], `${turns} turns later`);
    }
  });

  it('are free again when a task fails', async () => {
    const slots = createSlots(() => 1);
    const boom = new Error('boom');
    await rejects(
      slots.run(() => Promise.reject(boom), signal),
      boom,
    );
    equal(await slots.run(() => Promise.resolve(5), signal), 5);
  });

  it('do not begin what was given up while it waited', async () => {
    const w = watched(1);
    const control = new AbortController();
    void w.start('a');
    const given = w.start('b', control.signal);
    control.abort(new TernError('cancelled', 'no more'));
    const next = w.start('c');
    w.end('a');
    await settle();
    w.end('a');
    await rejects(given, /no more/);
    await settle();
    w.end('c');
    equal(await next, 'c');
    deepEqual(w.begun, ['a', 'c']);
  });

  it('tell at once who gave up waiting', async () => {
    const w = watched(1);
    const control = new AbortController();
    void w.start('a');
    let told = false;
    w.start('b', control.signal).catch(() => (told = true));
    await settle();
    control.abort();
    await settle();
    equal(told, true);
  });
});
