import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The binary that `npx install-electron` brought, or that ELECTRON_OVERRIDE_DIST_PATH has; undefined where there is none. */
export const electronBinary = (): string | undefined => {
  const folder = fileURLToPath(new URL('../node_modules/electron/', import.meta.url));
  const pathFile = join(folder, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : 'electron';
  const path = join(process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist'), name);
  return existsSync(path) ? path : undefined;
};
