// Writes every generated file; with `--check` it writes nothing and names those that are out of date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dumpSchema } from '../src-main/store/migrate.ts';
import { contractDocs } from './generate-contract-docs.ts';

/** A file that is made from others: where it goes and what belongs in it. */
type Generated = { path: string; text: () => Promise<string> };

/** Every generated file of the repository. */
const generated: Generated[] = [
  { path: 'docs/contract.md', text: async () => contractDocs() },
  { path: 'migrations/schema.sql', text: async () => dumpSchema() },
];

/** Paths of the generated files whose text on disk is not what their generator makes. */
export const staleFiles = async (): Promise<string[]> => {
  const stale: string[] = [];
  for (const { path, text } of generated) {
    const held = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    if (held !== (await text())) stale.push(path);
  }
  return stale;
};

if (import.meta.main) {
  if (process.argv.includes('--check')) {
    for (const path of await staleFiles()) {
      console.error(`${path}: out of date; run 'npm run generate'`);
      process.exitCode = 1;
    }
  } else {
    for (const { path, text } of generated) writeFileSync(path, await text());
  }
}
