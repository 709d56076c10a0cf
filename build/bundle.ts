// Bundles what the desktop program runs into one folder: `npm start` starts it from there, and the packager packs it.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import packageJson from '../package.json' with { type: 'json' };
import { licenseTexts } from './licenses.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (path: string): string => join(root, path);

/** Where things are built; git ignores it all. */
export const OUT = at('build/out');
/** What the renderer's own build makes. */
export const PAGE = join(OUT, 'renderer');
/** The program's folder, all of it. */
export const APP = join(OUT, 'app');

/** Files that are started as programs or threads of their own, each a bundle under its own name. */
const ENTRIES = [
  'electron/main.ts',
  'electron/worker.ts',
  'src-main/render/thread.ts',
  'src-main/store/checkpointThread.ts',
];

const OTHER_FILE = /new URL\('([^']+)', import\.meta\.url\)/g;

/** Where a file that is named by its address lies once all is one folder. Throws for one that nobody bundles. */
const addressInBundle = (address: string, importer: string, names: ReadonlySet<string>): string => {
  if (address.endsWith('/migrations/')) return './migrations/';
  if (!names.has(basename(address))) throw new Error(`${importer} names ${address}, which is not bundled`);
  return `./${basename(address, '.ts')}.js`;
};

/** Addresses of other files, as they are in a bundle of these entries. */
const addresses = (names: ReadonlySet<string>): Plugin => ({
  name: 'addresses',
  setup: (plugged) => {
    plugged.onLoad({ filter: /\/(?:src-main|electron)\/.*\.ts$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8').replaceAll(
        OTHER_FILE,
        (_, address: string) => `new URL('${addressInBundle(address, path, names)}', import.meta.url)`,
      );
      return { contents, loader: 'ts' };
    });
    // Of package.json the program needs its version alone.
    plugged.onLoad({ filter: /\/package\.json$/ }, ({ path }) =>
      path === at('package.json')
        ? { contents: JSON.stringify({ version: packageJson.version }), loader: 'json' }
        : null,
    );
  },
});

/** The binding of SQLite is the one file that cannot be bundled; the packager puts that of its target there. */
export const BINDING = 'native/better_sqlite3.node';

const sqlite: Plugin = {
  name: 'sqlite',
  setup: (plugged) => {
    const lib = at('node_modules/better-sqlite3/lib');
    plugged.onResolve({ filter: /^better-sqlite3$/ }, () => ({ path: 'better-sqlite3', namespace: 'sqlite' }));
    plugged.onLoad({ filter: /.*/, namespace: 'sqlite' }, () => ({
      resolveDir: lib,
      contents: `
        import { createRequire } from 'node:module';
        import createDatabase from './database.js';
        import SqliteError from './sqlite-error.js';
        const load = createRequire(import.meta.url);
        const Database = createDatabase(() => load('./${BINDING}'), false);
        Database.SqliteError = SqliteError;
        export default Database;`,
    }));
  },
};

const common = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  external: ['electron'],
  // Names stay, so that a stack trace in a report can be read.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
} satisfies BuildOptions;

/** The preload: one file of CommonJS, as the sandbox demands. */
export const bundlePreload = async (outfile: string): Promise<void> => {
  await build({ ...common, entryPoints: [at('electron/preload.ts')], outfile, format: 'cjs' });
};

/** Puts the SQLite binding of a target, such as `linux-x64`, into a bundled program. */
export const placeBinding = (app: string, target: string): void => {
  mkdirSync(join(app, 'native'), { recursive: true });
  cpSync(at(`node_modules/better-sqlite3/prebuilds/${target}.node`), join(app, BINDING));
};

/** Bundles files into the folder `app`, each under its own name, with the migrations and the binding of this machine. */
export const bundleCode = async (entries: readonly string[], app: string): Promise<Metafile> => {
  const { metafile } = await build({
    ...common,
    entryPoints: entries.map(at),
    entryNames: '[name]',
    outdir: app,
    format: 'esm',
    splitting: true,
    metafile: true,
    plugins: [addresses(new Set(entries.map((entry) => basename(entry)))), sqlite],
    // Packages in CommonJS ask for Node's own modules by `require`.
    banner: { js: `import{createRequire as ternRequire}from'node:module';const require=ternRequire(import.meta.url);` },
  });
  cpSync(at('migrations'), join(app, 'migrations'), {
    recursive: true,
    filter: (path) => !path.endsWith('schema.sql'),
  });
  placeBinding(app, `${process.platform}-${process.arch}`);
  return metafile;
};

/** Bundles the program into `app`, with the built page. Throws where there is none. */
export const bundleApp = async (app: string = APP, page: string = PAGE): Promise<void> => {
  if (!existsSync(join(page, 'index.html')))
    throw new Error(`there is no built page in ${page}: build the renderer first`);
  rmSync(app, { recursive: true, force: true });
  mkdirSync(app, { recursive: true });
  const metafile = await bundleCode(ENTRIES, app);
  await bundlePreload(join(app, 'preload.cjs'));
  cpSync(page, join(app, 'renderer'), { recursive: true, filter: (path) => !path.endsWith('.map') });
  cpSync(at('build/icons/256x256.png'), join(app, 'icon.png'));
  cpSync(at('build/icons/32x32.png'), join(app, 'small-icon.png'));
  writeFileSync(join(app, 'licenses.txt'), licenseTexts(root, metafile));
  const { name, version, description, license } = packageJson;
  const about = {
    name,
    productName: 'Tern',
    version,
    description,
    license,
    author: { name: 'Tern' },
    type: 'module',
    main: 'main.js',
  };
  writeFileSync(join(app, 'package.json'), JSON.stringify(about));
};
