import { existsSync } from 'node:fs';

/** Debian 12 packages that must be installed. */
export const dovecotPackages = ['dovecot-imapd', 'eatmydata', 'openssl'];

/** Programs of Dovecot by path. */
export const dovecotPaths = { master: '/usr/sbin/dovecot', admin: '/usr/bin/doveadm', imap: '/usr/lib/dovecot/imap' };

/** Null when a Dovecot can be started on this machine, else the plain reason why not. */
export const dovecotAvailable = (): string | null => {
  if (process.platform !== 'linux') return `Dovecot is tested on Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'Dovecot must be started as root';
  const missing = Object.values(dovecotPaths).find((path) => !existsSync(path));
  return missing === undefined ? null : `${missing} is missing: apt-get install ${dovecotPackages.join(' ')}`;
};
