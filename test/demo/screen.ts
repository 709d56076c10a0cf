/** What text is for; a screen without colours leaves it as it is. */
export type Paint = Record<'bold' | 'dim' | 'head' | 'good' | 'mark', (text: string) => string>;

/** Where the demo writes, line by line. `width` in cells. */
export type Screen = {
  width: number;
  paint: Paint;
  /** Whether `redraw` shows anything. */
  redraws: boolean;
  /** Ends the line that is being redrawn, if there is one, and writes another. */
  line(text?: string): void;
  /** Ends the line that is being redrawn, if there is one. */
  end(): void;
  /** Shows the text in place of what the last `redraw` showed. */
  redraw(text: string): void;
};

const widest = 100;

const wrap = (on: string, off: string) => (text: string) => `\u001B[${on}m${text}\u001B[${off}m`;
const plain = (text: string): string => text;
const onlyPlain: Paint = { bold: plain, dim: plain, head: plain, good: plain, mark: plain };
const weights: Paint = { ...onlyPlain, bold: wrap('1', '22'), dim: wrap('2', '22'), head: wrap('1', '22') };

/** Colours of the 256, from the middle of the scale: each has a contrast of 3.8 or more on white and on black. */
export const colours: Paint = {
  ...weights,
  head: wrap('1;38;5;32', '22;39'),
  good: wrap('38;5;64', '39'),
  mark: wrap('38;5;166', '39'),
};

const paintFor = (stream: NodeJS.WriteStream): Paint => {
  const depth = !stream.isTTY || process.env['NO_COLOR'] ? 1 : stream.getColorDepth();
  if (depth >= 8) return colours;
  return depth > 1 ? weights : onlyPlain;
};

/** A screen on a stream: colours and redrawing on a terminal, plain lines on anything else. */
export const createScreen = (stream: NodeJS.WriteStream): Screen => {
  const redraws = stream.isTTY && process.env['TERM'] !== 'dumb';
  let drawn = false;
  const end = (): void => {
    if (drawn) stream.write('\n');
    drawn = false;
  };
  return {
    width: Math.min(widest, stream.isTTY ? stream.columns || 80 : widest),
    paint: paintFor(stream),
    redraws,
    line: (text = '') => {
      end();
      stream.write(`${text}\n`);
    },
    end,
    redraw: (text) => {
      if (redraws) stream.write(`\r${text}\u001B[K`);
      drawn = redraws;
    },
  };
};

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** East Asian Width W and F (UAX 11), by blocks; emoji that are pictures by themselves or by U+FE0F. */
const wide =
  /^(?:\p{Emoji_Presentation}|.\uFE0F|[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}])/u;
const invisible = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u;

/** The characters as people see them, each with the cells it takes in a terminal: 0, 1 or 2. */
export const graphemes = (text: string): { text: string; cells: number }[] =>
  [...segmenter.segment(text)].map(({ segment }) => ({
    text: segment,
    cells: invisible.test(segment) ? 0 : wide.test(segment) ? 2 : 1,
  }));

/** How many cells a text without colours takes. */
export const cellsOf = (text: string): number => graphemes(text).reduce((sum, { cells }) => sum + cells, 0);

/** Mail as one line that cannot command the terminal: no control characters, nothing that turns the writing around. */
export const oneLine = (text: string): string =>
  text
    .replaceAll(/\p{Bidi_Control}/gu, '')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();

/** The text with at most so many cells; what does not fit ends in '…'. */
export const cut = (text: string, width: number): string => {
  if (cellsOf(text) <= width) return text;
  let kept = '';
  let left = width - 1;
  for (const { text: next, cells } of graphemes(text)) {
    left -= cells;
    if (left < 0) break;
    kept += next;
  }
  return width < 1 ? '' : `${kept.trimEnd()}…`;
};

/** The text in exactly so many cells. */
export const column = (text: string, width: number): string => {
  const shown = cut(text, width);
  return shown + ' '.repeat(Math.max(0, width - cellsOf(shown)));
};

/** The text in lines of at most so many cells, broken at spaces; what is left after `most` lines ends in '…'. */
export const paragraph = (text: string, width: number, most: number): string[] => {
  const lines: string[] = [];
  let line = '';
  const words = text.split(' ');
  for (const [index, word] of words.entries()) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (cellsOf(longer) <= width || line === '') {
      line = longer;
      continue;
    }
    if (lines.length === most - 1) return [...lines, cut([line, ...words.slice(index)].join(' '), width)];
    lines.push(line);
    line = word;
  }
  return [...lines, cut(line, width)];
};
