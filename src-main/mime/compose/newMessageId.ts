import { wireEmail } from '../../../src-shared/address.ts';
import type { Clock } from '../../lib/clock.ts';

/**
 * A Message-ID for mail from this address, without brackets: it tells nothing but the address's domain (RFC 5322 section
 * 3.6.4).
 */
export const newMessageId = (clock: Clock, email: string): string => {
  const wire = wireEmail(email);
  return `${clock.uuid()}@${wire === null ? 'localhost' : wire.slice(wire.lastIndexOf('@') + 1)}`;
};
