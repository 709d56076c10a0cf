import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { noSync } from '../daemon.ts';

/** Debian 12 packages that must be installed. Not `cyrus-imapd`: it conflicts with `dovecot-imapd`, see `fetchImapd`. */
export const cyrusPackages = [
  'cyrus-common',
  'cyrus-caldav',
  'sasl2-bin',
  'libsasl2-modules',
  'libsasl2-modules-db',
  'eatmydata',
];

const bin = '/usr/lib/cyrus/bin';
const cache = fileURLToPath(new URL('../../../.cache/', import.meta.url));
const unpacked = join(cache, 'cyrus-imapd', bin, 'imapd');

/** Programs of Cyrus by path. */
export const cyrusPaths = {
  master: `${bin}/master`,
  recover: `${bin}/ctl_cyrusdb`,
  httpd: `${bin}/httpd`,
  lmtpd: `${bin}/lmtpd`,
  saslpasswd: '/usr/sbin/saslpasswd2',
};

/** Makes the index that Xapian searches; it comes with imapd. */
export const squatter = join(dirname(unpacked), 'squatter');

/** Null when a Cyrus can be started on this machine, else the plain reason why not. */
export const cyrusAvailable = (): string | null => {
  if (process.platform !== 'linux') return `Cyrus runs on Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'Cyrus must be started as root';
  const missing = [...Object.values(cyrusPaths), noSync].find((path) => !existsSync(path));
  if (missing !== undefined) return `${missing} is missing: apt-get install ${cyrusPackages.join(' ')}`;
  if (!existsSync(unpacked) && !existsSync('/usr/bin/apt-get'))
    return `${unpacked} is missing, and no apt-get to get it`;
  return null;
};

const run = promisify(execFile);

/** Path of Cyrus's `imapd`; downloads and unpacks its package into `.cache` when it is not there yet. */
export const fetchImapd = async (): Promise<string> => {
  if (existsSync(unpacked)) return unpacked;
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'unpack-'));
  try {
    await run('apt-get', ['download', 'cyrus-imapd'], { cwd: folder });
    const [deb = ''] = globSync('*.deb', { cwd: folder });
    await run('dpkg', ['-x', deb, 'root'], { cwd: folder });
    // Several suites may come here at once: the first one's stays, as others use it by now.
    await rename(join(folder, 'root'), join(cache, 'cyrus-imapd'));
  } catch (error) {
    if (!existsSync(unpacked)) throw new Error('could not download cyrus-imapd', { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return unpacked;
};
