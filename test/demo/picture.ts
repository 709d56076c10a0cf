// Renders the demo's output as docs/demo.svg: `node build/node24.mjs test/demo/picture.ts`, by hand when it changed.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cellsOf, colours, graphemes, type Screen } from './screen.ts';
import { runDemo } from './stage.ts';

type Look = { bold: boolean; dim: boolean; colour: string | null };
type Run = { text: string; column: number; wide: boolean; look: Look };

const plainLook: Look = { bold: false, dim: false, colour: null };
const theme = { back: '#14181d', text: '#dfe3e8', dim: '#9aa4b0' };
const cell = { width: 8.43, height: 19, font: 14 };
const margin = 20;

const hex = (value: number): string => value.toString(16).padStart(2, '0');

/** One of xterm's 256 colours: the cube and the greys as xterm has them; the first 16 are the terminal's own. */
const colour256 = (index: number): string | null => {
  if (index < 16) return null;
  if (index > 231) return `#${hex(8 + 10 * (index - 232)).repeat(3)}`;
  const part = (step: number): string => hex([0, 95, 135, 175, 215, 255][Math.floor((index - 16) / step) % 6] ?? 0);
  return `#${part(36)}${part(6)}${part(1)}`;
};

/** The look after an SGR sequence (ECMA-48 section 8.3.117): weights, 256 colours and their ends. */
const styled = (look: Look, codes: number[]): Look => {
  const next = { ...look };
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    if (code === 0) Object.assign(next, plainLook);
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 22) Object.assign(next, { bold: false, dim: false });
    else if (code === 39) next.colour = null;
    else if (code === 38 && codes[at + 1] === 5) {
      next.colour = colour256(codes[at + 2] ?? 0);
      at += 2;
    } else throw new Error(`no picture of SGR ${code}`);
  }
  return next;
};

/** A line of terminal output as pieces of one look and one width of character. */
const runsOf = (line: string): Run[] => {
  const runs: Run[] = [];
  let look = plainLook;
  let column = 0;
  // oxlint-disable-next-line no-control-regex
  for (const piece of line.split(/(\u001B\[[\d;]*m)/)) {
    if (piece.startsWith('\u001B[')) {
      look = styled(look, piece.slice(2, -1).split(';').map(Number));
      continue;
    }
    for (const { text, cells } of graphemes(piece)) {
      const last = runs.at(-1);
      // Gaps and wide characters break a run, so that each piece stands where the terminal has it, whatever the font.
      const gap = text === ' ' && last?.text.endsWith(' ');
      if (last && last.look === look && !last.wide && cells < 2 && !gap) last.text += text;
      else runs.push({ text, column, wide: cells === 2, look });
      column += cells;
    }
  }
  return runs.filter(({ text }) => text.trim() !== '');
};

const escapeXml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/\p{Cc}/gu, '�');

const spanOf = ({ text, column, look }: Run): string => {
  const colour = look.colour ?? (look.dim ? theme.dim : null);
  const spaces = text.length - text.trimStart().length;
  const x = `x="${Number((margin + (column + spaces) * cell.width).toFixed(2))}"`;
  const style = `${look.bold ? ' font-weight="bold"' : ''}${colour ? ` fill="${colour}"` : ''}`;
  return `<tspan ${x}${style}>${escapeXml(text.trim())}</tspan>`;
};

/** Terminal output with colours as an SVG picture, its words selectable text. */
export const toSvg = (ansi: string, title: string): string => {
  const lines = ansi.trimEnd().split('\n').map(runsOf);
  const columns = Math.max(...lines.flat().map(({ text, column }) => column + cellsOf(text)));
  const width = Math.ceil(2 * margin + columns * cell.width);
  const height = Math.ceil(2 * margin + lines.length * cell.height);
  const texts = lines.map((runs, row) => {
    const y = margin + row * cell.height + cell.font;
    return runs.length === 0 ? '' : `<text y="${y}">${runs.map(spanOf).join('')}</text>\n`;
  });
  const fonts = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escapeXml(title)}</title>
<rect width="100%" height="100%" rx="8" fill="${theme.back}"/>
<g font-family="${fonts}" font-size="${cell.font}" fill="${theme.text}">
${texts.join('')}</g>
</svg>
`;
};

/** A screen that keeps what a terminal would show in the end. */
const recorder = (): { screen: Screen; shown: () => string } => {
  const lines: string[] = [];
  let drawn: string | undefined;
  const end = (): void => {
    if (drawn !== undefined) lines.push(drawn);
    drawn = undefined;
  };
  const line = (text = ''): void => {
    end();
    lines.push(text);
  };
  const redraw = (text: string): void => {
    drawn = text;
  };
  return { screen: { width: 100, paint: colours, redraws: true, line, end, redraw }, shown: () => lines.join('\n') };
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { screen, shown } = recorder();
  await runDemo(screen);
  const path = fileURLToPath(new URL('../../docs/demo.svg', import.meta.url));
  writeFileSync(path, toSvg(shown(), "What 'npm run demo' prints"));
  console.log(`Written: ${path}`);
}
