import { encodeName } from './names.ts';
import type { Session } from './session.ts';
import { stringOf } from './text.ts';

/** A mailbox's name as this session gets it: modified UTF-7, or UTF-8 in quotes (RFC 6855 section 3). */
export const wireName = ({ enabled }: Session, path: string): string => {
  if (!enabled.has('UTF8=ACCEPT')) return stringOf(encodeName(path));
  return `"${Buffer.from(path).toString('latin1').replaceAll(/["\\]/g, '\\$&')}"`;
};
