import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import { type Port, portPair } from '../../src-main/rpc/port.ts';
import { type Answer, createRpc } from '../../src-main/rpc/rpc.ts';
import { errorKinds, TernError, toWire } from '../../src-shared/errors.ts';
import { settle } from '../support/clock.ts';

const nothing: Answer = () => Promise.reject(new TernError('bug', 'nothing is answered here'));

/** Two sides; the right one answers. */
const pair = (answer: Answer, left: Answer = nothing) => {
  const [near, far] = portPair();
  return { left: createRpc(near, left), right: createRpc(far, answer), near, far };
};

const unheard = (t: TestContext): unknown[] => {
  const seen: unknown[] = [];
  const note = (reason: unknown): void => void seen.push(reason);
  process.on('unhandledRejection', note);
  t.after(() => process.off('unhandledRejection', note));
  return seen;
};
const gone = (error: unknown): boolean =>
  error instanceof TernError && error.kind === 'cancelled' && /gone/.test(error.message);

/** An answer that waits for its signal, and what that signal said. */
const waiting = () => {
  const seen: { begun: string[]; reasons: unknown[] } = { begun: [], reasons: [] };
  const answer: Answer = (name, _input, signal) => {
    seen.begun.push(name);
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        seen.reasons.push(signal.reason);
        reject(signal.reason as Error);
      });
    });
  };
  return { seen, answer };
};

describe('a call', () => {
  it('brings name and input over and the answer back, both ways at once', async () => {
    const echo =
      (side: string): Answer =>
      async (name, input) => ({ side, name, input });
    const { left, right } = pair(echo('right'), echo('left'));
    deepEqual(await Promise.all([left.call('a', { x: [1, null] }), right.call('b', 'y')]), [
      { side: 'right', name: 'a', input: { x: [1, null] } },
      { side: 'left', name: 'b', input: 'y' },
    ]);
  });

  it('gets its own answer, in whatever order the answers come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(6), { maxLength: 12 }), async (turns) => {
        const { left } = pair(async (_, input) => {
          for (let i = 0; i < Number(input); i++) await Promise.resolve();
          return input;
        });
        deepEqual(await Promise.all(turns.map((each) => left.call('wait', each))), turns);
      }),
    );
  });

  for (const kind of errorKinds)
    it(`that fails with ${kind} fails here alike, without its cause`, async () => {
      const failure = new TernError(kind, 'why', {
        field: 'a.b',
        detail: { pid: 5 },
        retryAfter: 9,
        cause: new Error('x'),
      });
      const { left } = pair(() => Promise.reject(failure));
      await rejects(left.call('f', null), (error) => {
        ok(error instanceof TernError && error.cause === undefined);
        deepEqual(toWire(error), { kind, message: 'why', field: 'a.b', detail: { pid: 5 }, retryAfter: 9 });
        return true;
      });
    });

  it('that fails with anything else is a bug', async () => {
    const { left } = pair((name) => {
      throw name === 'error' ? new RangeError('too far') : 'a text';
    });
    const bug = (message: string) => (error: unknown) =>
      error instanceof TernError && error.kind === 'bug' && error.message === message;
    await rejects(left.call('error', null), bug('too far'));
    await rejects(left.call('text', null), bug('a text'));
  });
});

describe('giving up', () => {
  it("fails the call with the signal's reason and aborts the other side's signal", async () => {
    const { seen, answer } = waiting();
    const { left } = pair(answer);
    const control = new AbortController();
    const call = left.call('slow', null, control.signal);
    const other = left.call('other', null);
    other.catch(() => undefined);
    await settle();
    deepEqual(seen, { begun: ['slow', 'other'], reasons: [] });
    control.abort(new TernError('network', 'not worth it'));
    await rejects(call, /not worth it/);
    await settle();
    deepEqual(
      seen.reasons.map((reason) => toWire(reason).kind),
      ['cancelled'],
    );
  });

  it('before the call keeps it from being made', async () => {
    const { seen, answer } = waiting();
    await rejects(
      pair(answer).left.call('slow', null, AbortSignal.abort()),
      (error) => error instanceof TernError && error.kind === 'cancelled',
    );
    await settle();
    deepEqual(seen.begun, []);
  });

  it('after the answer does nothing', async (t) => {
    const failures = unheard(t);
    const control = new AbortController();
    const { left } = pair(() => Promise.resolve(5));
    equal(await left.call('quick', null, control.signal), 5);
    control.abort();
    await settle();
    deepEqual(failures, []);
  });
});

describe('the end of the line', () => {
  for (const side of ['left', 'right'] as const)
    it(`closed on the ${side} fails the calls under way and aborts those being answered`, async () => {
      const { seen, answer } = waiting();
      const both = pair(answer);
      const order: string[] = [];
      both.left.onClose(() => order.push('closed'));
      const calls = [both.left.call('a', null), both.left.call('b', null)];
      await settle();
      both[side].close();
      for (const call of calls) await rejects(call, gone);
      await settle();
      deepEqual([seen.reasons.map(gone), order], [[true, true], ['closed']]);
    });

  it('fails every later call at once and drops later events, without an error', async (t) => {
    const failures = unheard(t);
    const { left, right } = pair(() => Promise.resolve(5));
    const events: string[] = [];
    right.onEvent((name) => events.push(name));
    left.close();
    const early = left.call('in the same moment', null);
    await rejects(early, gone);
    await rejects(left.call('a', null), gone);
    await rejects(right.call('a', null), gone);
    left.emit('late', null);
    right.close();
    await settle();
    deepEqual([events, failures], [[], []]);
  });

  it('leaves no call hanging, whenever it comes', async (t) => {
    const failures = unheard(t);
    const plan = fc.array(fc.constantFrom('quick', 'slow', 'turn', 'cancel'), { maxLength: 15 });
    await fc.assert(
      fc.asyncProperty(plan, plan, async (before, after) => {
        const { seen, answer } = waiting();
        const { left } = pair((name, input, signal) =>
          name === 'quick' ? Promise.resolve(1) : answer(name, input, signal),
        );
        const control = new AbortController();
        const outcomes: Promise<unknown>[] = [];
        const run = async (steps: string[]): Promise<void> => {
          for (const step of steps) {
            if (step === 'turn') await Promise.resolve();
            else if (step === 'cancel') control.abort();
            else outcomes.push(left.call(step, null, control.signal).catch((error: unknown) => error));
          }
        };
        await run(before);
        left.close();
        await run(after);
        await settle();
        let settled = 0;
        for (const outcome of outcomes) void outcome.then(() => settled++);
        await settle();
        equal(settled, outcomes.length);
        equal(seen.reasons.length, seen.begun.length);
      }),
    );
    deepEqual(failures, []);
  });
});

describe('events', () => {
  it('arrive in order, with the answers around them', async () => {
    const both = pair(async () => {
      both.right.emit('during', 2);
      return 3;
    });
    const seen: unknown[] = [];
    both.left.onEvent((name, data) => seen.push([name, data]));
    both.right.emit('before', 1);
    seen.push(await both.left.call('x', null));
    both.right.emit('after', 4);
    await settle();
    deepEqual(seen, [['before', 1], ['during', 2], 3, ['after', 4]]);
  });

  it('reach every listener', async () => {
    const { left, right } = pair(nothing);
    const seen: string[] = [];
    left.onEvent((name) => seen.push(`1 ${name}`));
    left.onEvent((name) => seen.push(`2 ${name}`));
    right.emit('e', null);
    await settle();
    deepEqual(seen, ['1 e', '2 e']);
  });
});

describe('values', () => {
  it('are copies: what one side changes later, the other does not see', async () => {
    const { left } = pair((_, input) => Promise.resolve(input));
    const sent = { list: [1] };
    const got = left.call('x', sent);
    sent.list.push(2);
    deepEqual(await got, { list: [1] });
  });

  it('that cannot be copied fail the call, and nothing is left of it when the line ends', async (t) => {
    const failures = unheard(t);
    const { left } = pair(() => Promise.resolve(5));
    await rejects(left.call('x', () => 1));
    equal(await left.call('x', null), 5);
    left.close();
    await settle();
    deepEqual(failures, []);
  });

  it('that cannot be copied back fail the call too', async () => {
    const { left } = pair(() => Promise.resolve(() => 1));
    await rejects(left.call('x', null), (error) => error instanceof TernError && error.kind === 'bug');
  });

  it('that cannot be copied in a failure still fail the call', async (t) => {
    const failures = unheard(t);
    const { left } = pair(() => Promise.reject(new TernError('server', 'odd', { detail: { odd: () => 1 } })));
    const ended = await Promise.race([left.call('x', null).catch(() => 'failed'), settle(5).then(() => 'hangs')]);
    deepEqual([ended, failures], ['failed', []]);
  });
});

describe('a pair of ports', () => {
  const listen = (port: Port): unknown[] => {
    const heard: unknown[] = [];
    port.onMessage((message) => heard.push(message));
    port.onClose(() => heard.push('closed'));
    return heard;
  };

  it('carries in order, never at once, and copies', async () => {
    const [near, far] = portPair();
    const heard = listen(far);
    const message = { n: 1 };
    near.post(message);
    message.n = 2;
    near.post('second');
    deepEqual(heard, []);
    await settle();
    deepEqual(heard, [{ n: 1 }, 'second']);
  });

  it('closes once, on both sides, and carries nothing after', async () => {
    const [near, far] = portPair();
    const [here, there] = [listen(near), listen(far)];
    far.close();
    near.close();
    near.post('late');
    await settle();
    deepEqual([here, there], [['closed'], ['closed']]);
  });
});
