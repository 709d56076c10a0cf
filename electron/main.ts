import { fileURLToPath } from 'node:url';
import electron from 'electron';
import { startShell } from './shell.ts';

/** The desktop program's entry. Beside its bundle lie the preload, the built page and the icon. */
const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

startShell({
  electron,
  argv: process.argv.slice(1),
  preload: beside('preload.cjs'),
  page: beside('renderer'),
  icon: beside('icon.png'),
  smallIcon: beside('small-icon.png'),
});
