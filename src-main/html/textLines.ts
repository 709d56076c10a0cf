/** Text that is being laid out in lines. */
export type Lines = {
  /** Adds text to the line; its white space counts as one space, unless it is to be kept. */
  text(text: string, keepsSpace: boolean): void;
  /** Ends the line, if there is anything in it; `force` ends it even then. */
  end(force?: boolean): void;
  /** Ends the line and leaves one line empty before what comes next. */
  gap(): void;
  /** Adds whole lines, the first one and the others each with a prefix. */
  add(lines: string[], first: string, others: string): void;
  /** How many pieces were added so far: whether anything was since. */
  count(): number;
  /** All lines, without empty ones at the beginning and the end. */
  lines(): string[];
};

type State = { done: string[]; line: string[]; wantsSpace: boolean; wantsGap: boolean; count: number };

const push = (state: State, text: string): void => {
  const { done } = state;
  if (state.wantsGap && done.length > 0 && done.at(-1) !== '') done.push('');
  state.wantsGap = false;
  done.push(text);
};

const end = (state: State, force: boolean): void => {
  if (state.line.length > 0) push(state, state.line.join('').trimEnd());
  else if (force && state.done.length > 0 && !state.wantsGap) push(state, '');
  state.line = [];
  state.wantsSpace = false;
};

const addPiece = (state: State, piece: string): void => {
  if (piece === '') return;
  state.line.push(piece);
  state.count++;
};

const addKept = (state: State, text: string): void => {
  for (const [at, piece] of text.split('\n').entries()) {
    if (at > 0) end(state, true);
    addPiece(state, piece);
  }
};

const addWords = (state: State, text: string): void => {
  const words = text.replaceAll(/[\t\n\f\r ]+/g, ' ');
  const inner = words.replace(/^ /, '').replace(/ $/, '');
  if (inner === '') {
    state.wantsSpace ||= words !== '';
    return;
  }
  if ((state.wantsSpace || words.startsWith(' ')) && state.line.length > 0) state.line.push(' ');
  addPiece(state, inner);
  state.wantsSpace = words.endsWith(' ');
};

/** No lines yet. */
export const textLines = (): Lines => {
  const state: State = { done: [], line: [], wantsSpace: false, wantsGap: false, count: 0 };
  return {
    text: (text, keepsSpace) => (keepsSpace ? addKept(state, text) : addWords(state, text)),
    end: (force = false) => end(state, force),
    gap: () => {
      end(state, false);
      state.wantsGap = true;
    },
    add: (lines, first, others) => {
      end(state, false);
      state.count += lines.length;
      for (const [at, text] of lines.entries()) push(state, ((at === 0 ? first : others) + text).trimEnd());
    },
    count: () => state.count,
    lines: () => {
      end(state, false);
      const { done } = state;
      const from = done.findIndex((text) => text !== '');
      return from === -1 ? [] : done.slice(from, done.findLastIndex((text) => text !== '') + 1);
    },
  };
};
