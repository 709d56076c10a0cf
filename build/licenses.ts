// The licenses of what is bundled: they ask to be passed on with it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

const packageOf = (path: string): string | undefined =>
  /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(
    path.replace(/^sqlite:/, 'node_modules/').replace(/^node_modules\/better-sqlite3$/, '$&/'),
  )?.[0];

const textOf = (folder: string): string => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file));
  const texts = files.toSorted().map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return [`${name} ${version} (${license})`, ...texts].join('\n\n');
};

/** The license texts of every package that a bundle holds, by name. Vite's page adds its own. */
export const licenseTexts = (root: string, { inputs }: Metafile): string => {
  const packages = new Set(Object.keys(inputs).flatMap((path) => packageOf(path) ?? []));
  return [...packages]
    .toSorted()
    .map((folder) => textOf(join(root, folder)))
    .join(`\n\n${'-'.repeat(80)}\n\n`);
};
