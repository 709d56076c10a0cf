import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod';
import { staleFiles } from '../../build/generate.ts';
import { contractDocs } from '../../build/generate-contract-docs.ts';
import { type NamedShapes, ruleTexts, shapeText } from '../../build/shapeText.ts';
import { calls } from '../../src-shared/contract.ts';

const none: NamedShapes = new Map();

describe('generated files', () => {
  it('are current; else run npm run generate', async () => {
    deepStrictEqual(await staleFiles(), []);
  });
});

describe('the docs of the contract', () => {
  it('name every call and leave no mark unfilled', () => {
    const docs = contractDocs();
    for (const name of Object.keys(calls)) ok(docs.includes(`\`${name}\``), name);
    strictEqual(/<!-- \w+ -->/.test(docs), false);
  });
});

describe('the notation of shapes', () => {
  const cases: [schema: z.ZodType, text: string][] = [
    [z.string().min(1).max(200), 'string(1..200)'],
    [z.int().min(1), 'int(1..)'],
    [z.array(z.boolean()).max(5), 'boolean[..5]'],
    [z.array(z.string().nullable()), '(string | null)[]'],
    [z.record(z.string(), z.literal(true)), '{ [string]: true }'],
    [z.enum(['a', 'b']), `'a' | 'b'`],
    [z.strictObject({}), '{}'],
    [
      z.strictObject({
        at: z.iso.datetime(),
        n: z.int().default(5),
        l: z.array(z.int()).default([]),
        x: z.email().optional(),
      }),
      '{ at: time, n?: int = 5, l?: int[] = [], x?: email }',
    ],
    [
      z.discriminatedUnion('t', [z.object({ t: z.literal('a') }), z.object({ t: z.literal('b') })]),
      `{ t: 'a' } | { t: 'b' }`,
    ],
  ];
  for (const [schema, text] of cases) it(`prints ${text}`, () => strictEqual(shapeText(schema, none), text));

  it('breaks long objects, one field a line', () => {
    const long = z.object({ first: z.string().max(1_000_000), inner: z.object({ ['x'.repeat(100)]: z.int() }) });
    const lines = shapeText(long, none).split('\n');
    deepStrictEqual(lines, [
      '{',
      '  first: string(..1000000),',
      '  inner: {',
      `    ${'x'.repeat(100)}: int,`,
      '  },',
      '}',
    ]);
  });

  it('prints names for shapes that have one, also as the base of another', () => {
    const head = z.object({ a: z.string() });
    const named: NamedShapes = new Map([[head, 'Head']]);
    strictEqual(shapeText(z.array(head), named), 'Head[]');
    strictEqual(shapeText(head.extend({ b: z.int() }), named), 'Head & { b: int }');
  });

  it('tells what refinements demand', () => {
    deepStrictEqual(ruleTexts(z.string().refine((text) => text !== 'x', { message: 'not x' })), ['not x']);
  });

  it('refuses to print what it does not know', () => {
    let thrown: unknown;
    try {
      shapeText(z.date(), none);
    } catch (error) {
      thrown = error;
    }
    ok(thrown instanceof Error && thrown.message.includes(`zod 'date'`));
  });
});
