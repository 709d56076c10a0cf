import type { Store } from '../../src-main/store/db.ts';

/** A store as one run of the program uses it: from a chosen commit on nothing is written any more, as by kill -9. */
export type CrashStore = {
  store: Store;
  /** Dies instead of the n-th commit from now (1 is the next one). */
  crashAt(n: number): void;
  crashed(): boolean;
  /** Whether the last commit is on disk, and with it all before: a power cut takes the others. */
  isOnDisk(): boolean;
  /** Which function of Tern's was about to commit when it died. */
  point(): string | null;
};

const killed = new Error('killed by the test');

/** The functions of Tern's engine that lead to a commit, the innermost first. */
const pointOf = (): string => {
  const frames = new Error('where').stack?.split('\n') ?? [];
  const inner = frames.find((frame) => frame.includes('/src-main/') && !frame.includes('/store/db.ts'));
  const file = /\/src-main\/(\S+?)\.ts/.exec(inner ?? '')?.[1] ?? 'unknown';
  return `${file} ${/at (?:async )?(?:Object\.)?([\w.]+) \(/.exec(inner ?? '')?.[1] ?? ''}`.trim();
};

/** A view of `raw` that can die; `committed` runs right after every commit. */
export const crashStore = (raw: Store, committed: () => void): CrashStore => {
  let left = Number.POSITIVE_INFINITY;
  let dead: string | null = null;
  let isOnDisk = true;
  const write: Store['write'] = (fn, options) => {
    left -= 1;
    if (left <= 0) dead ??= pointOf();
    if (dead !== null) throw killed;
    const result = raw.write(fn, options);
    isOnDisk = options?.durable === true;
    committed();
    return result;
  };
  return {
    store: Object.create(raw, { write: { value: write } }) as Store,
    crashAt: (n) => {
      left = n;
    },
    crashed: () => dead !== null,
    isOnDisk: () => isOnDisk,
    point: () => dead,
  };
};
