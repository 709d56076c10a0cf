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

/** A mutant in one line; `tests` are separated by blanks. */
export const m = (name: string, file: string, line: string, becomes: string, tests: string, only?: string): Mutant => ({
  name,
  file,
  line,
  becomes,
  tests: tests.split(' '),
  ...(only === undefined ? {} : { only }),
});
