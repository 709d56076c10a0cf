// Holds the architecture: who may import whom, and the laws that can be read off a file's text.
import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { type SourceFile, splitSource } from './sourceText.ts';

const core = ['src-shared/', 'src-main/lib/', 'node:'];
const driver = [...core, 'src-main/mime/', 'src-main/driver/'];
const engine = [
  ...core,
  'src-main/driver/driver.ts',
  'src-main/driver/outgoing.ts',
  'src-main/store/',
  'src-main/mime/',
  'src-main/render/',
  'zod',
];
const host = [...core, 'src-main/rpc/', 'src-main/backend.ts', 'src-main/platform*'];

/**
 * Who may import whom. The longest path that fits a file is the file's row. A row lists folders ('/'), files ('.ts'),
 * beginnings of paths ('*'), npm packages and `node:`. Files of one row may import each other.
 */
const WHO_MAY_IMPORT_WHOM: Record<string, string[]> = {
  'src-shared/': ['zod'],
  'src-main/lib/': ['src-shared/', 'node:', 'pino'],
  'src-main/lib/passphrase.ts': [...core, 'zod'],
  'src-main/rpc/': core,
  'src-main/mime/': [...core, 'iconv-lite'],
  'src-main/mime/compose*': [...core, 'src-main/mime/', 'nodemailer'],
  'src-main/html/': [...core, 'parse5', 'css-tree', 'linkify-it', 'tldts'],
  'src-main/render/': [...core, 'src-main/html/', 'src-main/mime/', 'entities'],
  'src-main/driver/': driver,
  'src-main/driver/jmap/': [...driver, 'zod', 'tldts'],
  'src-main/driver/imap/': [...driver, 'imapflow', 'zod'],
  'src-main/driver/smtp/': [...driver, 'nodemailer'],
  'src-main/store/': [...core, 'src-main/mime/fileName.ts', 'zod'],
  'src-main/store/db.ts': [...core, 'src-main/store/', 'zod', 'better-sqlite3'],
  'src-main/store/checkpointThread.ts': [...core, 'better-sqlite3'],
  'src-main/engine/': engine,
  'src-main/engine/outgoing/': [...engine, 'src-main/engine/'],
  'src-main/worker*': [
    ...core,
    'src-main/engine/',
    'src-main/store/',
    'src-main/driver/',
    'src-main/render/',
    'src-main/rpc/',
    'src-main/platform*',
    'zod',
  ],
  'src-main/app/': [...core, 'src-main/rpc/', 'src-main/app/discovery/discover.ts', 'src-main/platform.ts', 'zod'],
  'src-main/app/discovery/': [...core, 'src-main/platform.ts', 'sax', 'tldts'],
  'src-main/app/oauth/': [...core, 'src-main/driver/serverText.ts', 'oauth4webapi', 'zod'],
  'src-main/backend.ts': [...core, 'src-main/app/', 'src-main/rpc/', 'src-main/platform.ts', 'package.json'],
  'src-main/platform.ts': [...core, 'src-main/rpc/'],
  'src-main/platform*': host,
  'src-main/headless*': [...host, 'zod'],
  'src-main/web/': [...host, 'src-main/html/document.ts', 'ws', 'zod'],
  'src-main/desktop/': [
    ...core,
    'src-main/backend.ts',
    'src-main/platform.ts',
    'src-main/html/document.ts',
    'src-main/html/links.ts',
    'src-main/mime/',
    'src-main/render/',
    'src-main/web/',
    'zod',
  ],
  'electron/': [
    ...host,
    'src-main/desktop/',
    'src-main/web/',
    'src-main/render/renderer.ts',
    'electron',
    'electron-updater',
  ],
  'electron/worker.ts': [...core, 'src-main/worker/'],
  'electron/renderer/': ['src-shared/', 'preact', '@preact/signals', 'zod'],
};

/** A law: `pattern` found in that part of a file is a breach, unless the file's path starts with one of `homes`. */
type Law = {
  part: 'code' | 'strings' | 'imports';
  pattern: RegExp;
  breach: string;
  homes: string[];
  /** Where the law holds; default: everywhere. */
  holdsIn?: RegExp;
};

const clockLaw = {
  breach: 'uses time or chance by itself: take the injected Clock (only src-main/lib, platforms and electron may)',
  homes: ['src-main/lib/', 'src-main/platform', 'electron/'],
};
const sqlLaw = { breach: 'holds SQL, which only src-main/store may', homes: ['src-main/store/'] };
const barrelLaw = { breach: 'is a barrel: import things from the file that holds them', homes: [] };

const LAWS: Law[] = [
  {
    ...sqlLaw,
    part: 'strings',
    pattern:
      /^\s*(?:select\s.+\sfrom|insert\s+(?:or\s+\w+\s+)?into|update\s+(?:or\s+\w+\s+)?\w+\s+set|delete\s+from|pragma\s+\w+|(?:create|alter|drop)\s+(?:virtual\s+|temp\s+|unique\s+)?(?:table|index|trigger|view)|with\s+\w+\s+as)\b/is,
  },
  {
    ...sqlLaw,
    part: 'strings',
    pattern: /\b(?:SELECT\s.+\sFROM|INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|PRAGMA\s+\w+)\b/s,
  },
  {
    part: 'code',
    // Drivers have a verb `fetch` of their own: only what calls or passes on the global one is meant.
    pattern: /\bglobalThis\.fetch\b|(?:\b(?:await|return|void)|=>|[=(?!&|:[,])\s*fetch\s*\(|[=(:]\s*fetch\s*[;,)]/,
    breach: 'uses fetch, which only driver/jmap, driver/remote, app/discovery and app/oauth may',
    homes: [
      'src-main/driver/jmap/',
      'src-main/driver/remote',
      'src-main/app/discovery',
      'src-main/app/oauth',
      // Its own host, for the secret of its line.
      'electron/renderer/transport/webLine.ts',
    ],
  },
  {
    part: 'imports',
    pattern: /^node:(?:net|tls|https?|http2|dgram)$/,
    breach: 'opens sockets, which only src-main/driver, app/discovery and app/oauth may',
    // What an address means is told by node:net, too.
    homes: [
      'src-main/driver/',
      'src-main/app/discovery',
      'src-main/app/oauth',
      'src-main/web/',
      'src-main/lib/publicAddress.ts',
      'src-main/lib/systemTrust.ts',
    ],
  },
  {
    ...clockLaw,
    part: 'code',
    pattern:
      /\b(?:setTimeout|setInterval|randomUUID|randomBytes|randomInt|getRandomValues)\b|\bDate\.now\b|\bnew\s+Date\b(?!\s*\(\s*[^\s)])|\bMath\.random\b|\bperformance\.now\b|\bprocess\.hrtime\b|\bAbortSignal\.timeout\b/,
  },
  { ...clockLaw, part: 'imports', pattern: /^node:timers(?:\/promises)?$/ },
  { part: 'imports', pattern: /^node:sqlite$/, breach: 'opens SQLite, which only src-main/store/db.ts may', homes: [] },
  {
    part: 'code',
    pattern: /\bimport\s*\(\s*(?![\s"])/,
    breach: 'imports a computed path, which nobody can check',
    homes: [],
  },
  {
    part: 'code',
    pattern: /\bexport\s+default\b|\bexport\s*\{[^}]*\bas\s+default\b/,
    breach: 'has a default export: give it its name',
    homes: [],
  },
  { ...barrelLaw, part: 'code', pattern: /\bexport\s*(?:type\s*)?\*/ },
  { ...barrelLaw, part: 'code', pattern: /\bexport\s*(?:type\s*)?\{[^}]*\}\s*from\b/, holdsIn: /(?:^|\/)index\.ts$/ },
];

const fits = (path: string, entry: string): boolean => {
  if (entry.endsWith('*')) return path.startsWith(entry.slice(0, -1));
  return entry.endsWith('/') ? path.startsWith(entry) : path === entry;
};

const rowOf = (path: string): string | undefined =>
  Object.keys(WHO_MAY_IMPORT_WHOM)
    .filter((entry) => fits(path, entry))
    .toSorted((a, b) => b.length - a.length)[0];

const importErrors = (path: string, imports: string[]): string[] => {
  const row = rowOf(path);
  if (!row) return [`${path}: has no row in the table of build/check-layers.ts`];
  const may = [row, ...(WHO_MAY_IMPORT_WHOM[row] ?? [])];
  return imports.flatMap((specifier) => {
    const local = specifier.startsWith('.');
    const target = local ? posix.join(posix.dirname(path), specifier) : specifier;
    const allowed = local
      ? may.some((entry) => fits(target, entry))
      : may.some((entry) => (entry === 'node:' ? target.startsWith(entry) : `${target}/`.startsWith(`${entry}/`)));
    return allowed ? [] : [`${path}: imports ${target}, which ${row} may not`];
  });
};

/** Every breach of the import table and of the laws in these files, as 'path: what is wrong'. */
export const layerErrors = (files: SourceFile[]): string[] =>
  files.flatMap(({ path, text }) => {
    const { code, strings, imports } = splitSource(text);
    const parts = { code: [code], strings, imports };
    const breaches = LAWS.filter(
      (law) =>
        !law.homes.some((home) => path.startsWith(home)) &&
        (law.holdsIn?.test(path) ?? true) &&
        parts[law.part].some((piece) => law.pattern.test(piece)),
    ).map((law) => `${path}: ${law.breach}`);
    return [...importErrors(path, imports), ...new Set(breaches)];
  });

/** The sources that the table speaks of, as they are in the working folder. */
export const readSources = (): SourceFile[] =>
  globSync('{src-shared,src-main,electron}/**/*.{ts,tsx,mts,cts}')
    .map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));

if (import.meta.main) {
  const errors = layerErrors(readSources());
  for (const error of errors) console.error(error);
  process.exitCode = errors.length === 0 ? 0 : 1;
}
