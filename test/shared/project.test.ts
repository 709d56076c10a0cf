import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import {
  compose,
  type EmailEffect,
  type EmailState,
  inverse,
  type MailboxEffect,
  project,
  projectMailbox,
  satisfies,
} from '../../src-shared/project.ts';

const names = ['$flagged', '$seen', 'work'];
const boxes = [1, 2, 10];
const keywords = fc.subarray(names);
const mailboxes = fc.subarray(boxes, { minLength: 1 });
const states: fc.Arbitrary<EmailState> = fc.record(
  { keywords, mailboxes, destroyed: fc.constant(false) },
  { noNullPrototype: true },
);
const switches = (keys: readonly (string | number)[]): fc.Arbitrary<Record<string, boolean>> =>
  fc.dictionary(fc.constantFrom(...keys.map(String)), fc.boolean(), { noNullPrototype: true });
/** Effects that destroy nothing; a part that says nothing may be missing. */
const patches: fc.Arbitrary<EmailEffect> = fc.record(
  { keywords: switches(names), mailboxes: switches(boxes) },
  { requiredKeys: [], noNullPrototype: true },
);
const effects = fc.oneof({ weight: 9, arbitrary: patches }, { weight: 1, arbitrary: fc.constant({ destroy: true }) });
const many = fc.array(effects, { maxLength: 6 });
const check = <T extends unknown[]>(property: fc.IProperty<T>): void => fc.assert(property, { numRuns: 500 });

/** Nobody sees the keywords of what is destroyed. */
const shown = (state: EmailState): EmailState => (state.destroyed ? { ...state, keywords: [] } : state);

const inOrder = (state: EmailState, list: readonly EmailEffect[]): EmailState =>
  list.reduce((before, effect) => project(before, [effect]), state);
const keysOf = ({ keywords: k = {}, mailboxes: m = {} }: EmailEffect): string[] => [
  ...Object.keys(k).map((key) => `k${key}`),
  ...Object.keys(m).map((key) => `m${key}`),
];

describe('project', () => {
  it('without effects is what the server has', () =>
    check(fc.property(states, (state) => deepEqual(project(state, []), state))));

  it('lays effects one on the other, in order', () =>
    check(
      fc.property(states, many, (state, list) => deepEqual(shown(project(state, list)), shown(inOrder(state, list)))),
    ));

  it('lets the last one win, key by key', () =>
    check(
      fc.property(states, many, patches, (state, list, last) => {
        const after = project(state, [...list, last]);
        if (after.destroyed) return;
        for (const [key, on] of Object.entries(last.keywords ?? {})) equal(after.keywords.includes(key), on);
        for (const [key, on] of Object.entries(last.mailboxes ?? {})) equal(after.mailboxes.includes(Number(key)), on);
      }),
    ));

  it('takes effects on different keys in any order', () =>
    check(
      fc.property(states, patches, patches, (state, one, two) => {
        fc.pre(keysOf(one).every((key) => !keysOf(two).includes(key)));
        deepEqual(project(state, [one, two]), project(state, [two, one]));
      }),
    ));

  it('twice is once', () =>
    check(
      fc.property(states, effects, (state, effect) =>
        deepEqual(project(state, [effect, effect]), project(state, [effect])),
      ),
    ));

  it('leaves what no effect names', () =>
    check(
      fc.property(states, patches, (state, effect) => {
        const after = project(state, [effect]);
        for (const name of names)
          if (!keysOf(effect).includes(`k${name}`)) equal(after.keywords.includes(name), state.keywords.includes(name));
        for (const box of boxes)
          if (!keysOf(effect).includes(`m${box}`)) equal(after.mailboxes.includes(box), state.mailboxes.includes(box));
      }),
    ));

  it('shows a destroyed email nowhere, whatever comes after or lies below', () =>
    check(
      fc.property(states, many, many, (state, before, later) => {
        for (const after of [
          project(state, [...before, { destroy: true }, ...later]),
          project({ ...state, destroyed: true }, before),
        ])
          deepEqual([after.destroyed, after.mailboxes], [true, []]);
      }),
    ));

  it('sorts keywords as text and mailboxes as numbers, and changes nothing it was given', () => {
    const base = Object.freeze({
      keywords: Object.freeze(['b']) as unknown as string[],
      mailboxes: Object.freeze([10]) as unknown as number[],
      destroyed: false,
    });
    deepEqual(project(base, [{ keywords: { a: true, c: true }, mailboxes: { 9: true, 100: true } }]), {
      keywords: ['a', 'b', 'c'],
      mailboxes: [9, 10, 100],
      destroyed: false,
    });
  });
});

describe('compose', () => {
  it('is one effect that does what all do in order', () =>
    check(
      fc.property(states, many, (state, list) =>
        deepEqual(shown(project(state, [compose(list)])), shown(project(state, list))),
      ),
    ));

  it('destroys where one of them does, and never else', () =>
    check(
      fc.property(many, (list) =>
        equal(
          compose(list).destroy === true,
          list.some(({ destroy }) => destroy === true),
        ),
      ),
    ));
});

describe('inverse', () => {
  it('takes an effect back', () =>
    check(
      fc.property(states, patches, (state, effect) =>
        deepEqual(project(project(state, [effect]), [inverse(state, effect)]), state),
      ),
    ));

  it('leaves alone what the effect did not change, so that others may', () =>
    check(
      fc.property(states, patches, (state, effect) => {
        const after = project(state, [effect]);
        const { keywords: k = {}, mailboxes: m = {} } = inverse(state, effect);
        for (const key of Object.keys(k)) equal(after.keywords.includes(key) !== state.keywords.includes(key), true);
        for (const key of Object.keys(m))
          equal(after.mailboxes.includes(Number(key)) !== state.mailboxes.includes(Number(key)), true);
      }),
    ));
});

describe('satisfies', () => {
  it('says whether a state shows all that an effect wants', () =>
    check(
      fc.property(states, patches, (state, effect) => {
        equal(satisfies(project(state, [effect]), effect), true);
        const shows = JSON.stringify(project(state, [effect])) === JSON.stringify(project(state, []));
        equal(satisfies(state, effect), shows);
      }),
    ));

  it('of a destruction means that it is gone', () => {
    const state: EmailState = { keywords: [], mailboxes: [1], destroyed: false };
    deepEqual(
      [satisfies(state, { destroy: true }), satisfies({ ...state, destroyed: true }, { destroy: true })],
      [false, true],
    );
  });
});

describe('projectMailbox', () => {
  const base = { name: 'a', parent: null, exists: true };
  const part: fc.Arbitrary<MailboxEffect> = fc.record(
    { name: fc.constantFrom('a', 'b', 'c'), parent: fc.constantFrom(null, 1, 2), exists: fc.boolean() },
    { requiredKeys: [], noNullPrototype: true },
  );

  it('gives each part the last word on it, and leaves the rest', () =>
    check(
      fc.property(fc.array(part, { maxLength: 5 }), (list) => {
        const last = <K extends keyof MailboxEffect>(key: K): unknown =>
          list.findLast((effect) => effect[key] !== undefined)?.[key];
        const after = projectMailbox(base, list);
        deepEqual(after, {
          name: last('name') ?? 'a',
          parent: last('parent') ?? null,
          exists: last('exists') ?? true,
        });
        deepEqual(base, { name: 'a', parent: null, exists: true });
      }),
    ));
});
