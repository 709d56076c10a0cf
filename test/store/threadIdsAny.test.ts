import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { finishMerges } from '../../src-main/engine/apply.ts';
import { putEmail, removeEmail } from '../../src-main/store/emails.ts';
import { mergeThreads } from '../../src-main/store/threadIds.ts';
import { threadEmails } from '../../src-main/store/threads.ts';
import { empty, faults, type Letter, letter, partition, take } from './letters.ts';

/** The same computed anew: emails are connected by the ids they name. */
const components = (letters: readonly Letter[]): string[] => {
  const parts: { names: string[]; ids: Set<string> }[] = [];
  for (const { name, own, inReplyTo = [], references = [] } of letters) {
    const ids = new Set([...(own === null ? [] : [own]), ...inReplyTo, ...references]);
    const part = { names: [name], ids };
    for (const other of parts.filter((each) => [...each.ids].some((id) => ids.has(id)))) {
      part.names.push(...other.names);
      for (const id of other.ids) part.ids.add(id);
      parts.splice(parts.indexOf(other), 1);
    }
    parts.push(part);
  }
  return parts.map(({ names }) => names.toSorted().join(' ')).toSorted();
};

describe('the threads of any emails', () => {
  const id = fc.constantFrom(...Array.from({ length: 8 }, (_, n) => `${n}@x`));
  const anyLetters = fc
    .array(
      fc.record({
        own: fc.option(id, { freq: 8 }),
        inReplyTo: fc.array(id, { maxLength: 2 }),
        references: fc.array(id, { maxLength: 3 }),
      }),
      { maxLength: 12 },
    )
    .map((all) => all.map((each, index) => ({ name: `e${index}`, ...each })));
  const inAnyOrder = anyLetters.chain((letters) =>
    fc.record({
      letters: fc.shuffledSubarray(letters, { minLength: letters.length, maxLength: letters.length }),
      cuts: fc.array(fc.nat({ max: 12 }), { maxLength: 3 }),
      most: fc.integer({ min: 0, max: 5 }),
    }),
  );

  it('are the connected components, in whatever order and pieces they come', async () => {
    await fc.assert(
      fc.asyncProperty(inAnyOrder, async ({ letters, cuts }) => {
        const s = empty();
        const ends = [...new Set([...cuts, letters.length])].toSorted((x, y) => x - y);
        for (const [index, end] of ends.entries()) {
          await take(s, ...letters.slice(ends[index - 1] ?? 0, end));
          deepEqual([partition(s), faults(s)], [components(letters.slice(0, end)), []]);
        }
        s.store.close();
      }),
      { numRuns: 200 },
    );
  });

  it('are the same when merging is cut off anywhere, and each commit shows every email in one thread', async () => {
    await fc.assert(
      fc.asyncProperty(inAnyOrder, async ({ letters, most }) => {
        const s = empty();
        for (const [index, each] of letters.entries()) {
          s.write((tx) => {
            putEmail(tx, letter(each));
            // Some commits merge a little, some nothing at all.
            if (index % 2 === 0) mergeThreads(tx, most);
          });
          const shown = s.rows('threads').flatMap((row) => s.read((db) => threadEmails(db, Number(row['id']))));
          deepEqual(
            shown.toSorted((x, y) => x - y),
            s.rows('emails').map((row) => row['id']),
          );
          deepEqual(
            s.rows('email_mailboxes m JOIN emails e ON e.id = m.email_id WHERE m.thread_id <> e.thread_id'),
            [],
          );
        }
        await finishMerges(s.store);
        deepEqual([partition(s), faults(s)], [components(letters), []]);
        s.store.close();
      }),
      { numRuns: 200 },
    );
  });

  it('leave nothing behind when all emails go while they are being merged', async () => {
    await fc.assert(
      fc.asyncProperty(inAnyOrder, fc.infiniteStream(fc.nat()), async ({ letters, most }, chance) => {
        const s = empty();
        for (const each of letters) s.write((tx) => void putEmail(tx, letter(each)));
        const left = letters.map(({ name }) => name);
        while (left.length > 0) {
          const [name = ''] = left.splice((chance.next().value ?? 0) % left.length, 1);
          s.write((tx) => {
            removeEmail(tx, name);
            mergeThreads(tx, most);
          });
        }
        await finishMerges(s.store);
        deepEqual([s.rows('threads'), s.rows('thread_ids'), s.rows('thread_merges')], [[], [], []]);
        s.store.close();
      }),
      { numRuns: 100 },
    );
  });
});
