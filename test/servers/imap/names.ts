import { no } from './refusal.ts';

const encodeRun = (run: string): string => {
  const bytes = Buffer.from(run, 'utf16le').swap16();
  return `&${bytes.toString('base64').replaceAll('/', ',').replaceAll('=', '')}-`;
};

/** A mailbox's name in modified UTF-7 (RFC 3501 section 5.1.3). */
export const encodeName = (name: string): string =>
  name.replaceAll('&', '&-').replaceAll(/[^\x20-\x7e]+/g, (run) => encodeRun(run));

const decodeRun = (base64: string): string => {
  if (base64 === '') return '&';
  const bytes = Buffer.from(base64.replaceAll(',', '/'), 'base64');
  if (bytes.length % 2 === 1) throw no('Not modified UTF-7', 'CANNOT');
  return bytes.swap16().toString('utf16le');
};

/** The name that a client wrote: modified UTF-7, or UTF-8 once that is enabled (RFC 6855 section 3). */
export const decodeName = (wire: string, utf8: boolean): string => {
  if (utf8) return wire;
  if (/[^\x20-\x7e]/.test(wire) || /&(?![A-Za-z0-9+,]*-)/.test(wire)) throw no('Not modified UTF-7', 'CANNOT');
  return wire.replaceAll(/&([A-Za-z0-9+,]*)-/g, (_whole, base64: string) => decodeRun(base64));
};

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Whether a LIST pattern fits a name: `*` is anything, `%` anything without a delimiter (RFC 3501 section 6.3.8). */
export const patternOf = (pattern: string, delimiter: string): RegExp => {
  const within = `[^${escape(delimiter)}]*`;
  const source = pattern
    .split(/([*%])/)
    .map((run) => (run === '*' ? '.*' : run === '%' ? within : escape(run)))
    .join('');
  return new RegExp(`^${source}$`, /^inbox$/i.test(pattern) ? 'is' : 's');
};

/** The path of what holds a mailbox; null at the top. */
export const parentPath = (path: string, delimiter: string): string | null => {
  const cut = path.lastIndexOf(delimiter);
  return cut < 0 ? null : path.slice(0, cut);
};
