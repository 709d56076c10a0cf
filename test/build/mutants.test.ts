import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { everyMutant, inCore, sliceOf } from '../mutants/every.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('The table of mutants', () => {
  it('names lines that stand in their files, once', () => {
    const wrong = everyMutant.filter(({ file, line }) => readFileSync(root + file, 'utf8').split(line).length !== 2);
    assert.deepEqual(
      wrong.map(({ name }) => name),
      [],
    );
  });

  it('names tests that there are', () => {
    const missing = everyMutant
      .flatMap(({ tests }) => tests)
      .filter((test) => !existsSync(`${root}test/${test}.test.ts`));
    assert.deepEqual(missing, []);
  });

  it('gives every one its turn', () => {
    const taken = Array.from({ length: 12 }, (_, day) => sliceOf(day)).flat();
    assert.deepEqual(new Set([...inCore, ...taken]), new Set(everyMutant));
  });
});
