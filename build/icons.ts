// Draws the program's icon, build/icons/tern.svg, in every form that systems want. Needs Chromium; the results are kept in git.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';

const at = (name: string): string => fileURLToPath(new URL(`icons/${name}`, import.meta.url));

/** In pixels. */
const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];

/** The picture in each size, as PNG. */
const draw = async (svg: string): Promise<Map<number, Buffer>> => {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  const page = await browser.newPage();
  const pictures = new Map<number, Buffer>();
  for (const size of SIZES) {
    await page.setViewportSize({ width: size, height: size });
    const address = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
    await page.setContent(`<style>body{margin:0}img{display:block}</style><img src="${address}" width="${size}">`);
    pictures.set(size, await page.screenshot({ omitBackground: true }));
  }
  await browser.close();
  return pictures;
};

/** Windows' container: 6 bytes of head, 16 for each picture, then the pictures. */
export const icoOf = (pictures: readonly [size: number, png: Buffer][]): Buffer => {
  const head = Buffer.alloc(6 + 16 * pictures.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pictures.length, 4);
  let offset = head.length;
  for (const [index, [size, png]] of pictures.entries()) {
    const entry = 6 + 16 * index;
    // A byte has no 256: 0 stands for it.
    head.writeUInt8(size % 256, entry);
    head.writeUInt8(size % 256, entry + 1);
    head.writeUInt16LE(1, entry + 4);
    head.writeUInt16LE(32, entry + 6);
    head.writeUInt32LE(png.length, entry + 8);
    head.writeUInt32LE(offset, entry + 12);
    offset += png.length;
  }
  return Buffer.concat([head, ...pictures.map(([, png]) => png)]);
};

/** What macOS calls the pictures of its container, by their size; some of them are another size's for dense screens. */
const TYPES: [type: string, size: number][] = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic08', 256],
  ['ic13', 256],
  ['ic09', 512],
  ['ic14', 512],
  ['ic10', 1024],
];

/** macOS's container: pieces of four letters, their length with these 8 bytes, and a picture. */
export const icnsOf = (pictures: ReadonlyMap<number, Buffer>): Buffer => {
  const piece = (type: string, content: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32BE(8 + content.length, 4);
    return Buffer.concat([head, content]);
  };
  const pieces = TYPES.map(([type, size]) => piece(type, pictures.get(size) ?? Buffer.alloc(0)));
  return piece('icns', Buffer.concat(pieces));
};

if (import.meta.main) {
  const pictures = await draw(readFileSync(at('tern.svg'), 'utf8'));
  for (const [size, png] of pictures) writeFileSync(at(`${size}x${size}.png`), png);
  writeFileSync(at('icon.ico'), icoOf([...pictures].filter(([size]) => size <= 256)));
  writeFileSync(at('icon.icns'), icnsOf(pictures));
}
