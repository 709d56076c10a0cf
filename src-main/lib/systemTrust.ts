import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/**
 * Trusts the system's certificates beside the well-known ones of Node, and those in the PEM file `extra`. For programs that
 * cannot be given NODE_EXTRA_CA_CERTS. Throws where they cannot be read.
 */
export const trustSystem = (extra: string | undefined): void => {
  const named = extra === undefined ? [] : [readFileSync(extra, 'utf8')];
  setDefaultCACertificates([...getCACertificates('default'), ...getCACertificates('system'), ...named]);
};
