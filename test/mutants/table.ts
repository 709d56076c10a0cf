/** One line taken away, and the tests that have to notice. `only` narrows them by a pattern of their names. */
export type Mutant = {
  name: string;
  file: string;
  /** Stands in the file exactly once. */
  line: string;
  becomes: string;
  /** Test files below test/, without their ending. */
  tests: string[];
  only?: string;
};

/** The lines that keep mail from being lost, doubled or silently undone. */
export const mutants: Mutant[] = [
  {
    name: 'J1: a cursor moves only from the value it is believed to have',
    file: 'src-main/store/syncState.ts',
    line: "'UPDATE sync_state SET value = ? WHERE key = ? AND value = ?', to, key, from)",
    becomes: "'UPDATE sync_state SET value = ? WHERE key = ?', to, key)",
    tests: ['store/syncState', 'engine/apply'],
  },
  {
    name: 'J1: a lost compare-and-set rolls the rows back',
    file: 'src-main/engine/apply.ts',
    line: "if (!moveCursor(tx, key, from, to)) throw new TernError('conflict', `the ${key} cursor had moved: pulling again`);",
    becomes: 'moveCursor(tx, key, from, to);',
    tests: ['engine/apply'],
  },
  {
    name: 'J1: the cursor comes with the last batch of its rows',
    file: 'src-main/engine/apply.ts',
    line: 'if (steps.length === 0) moveCursors(tx, delta.cursors);',
    becomes: 'if (batch.length > 0) moveCursors(tx, delta.cursors.splice(0));',
    tests: ['engine/apply'],
  },
];
