import type { Fields } from './model.ts';
import { setError } from './set.ts';

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The parts of a JSON pointer without its leading slash (RFC 6901, RFC 8620 section 5.3). */
export const pathParts = (path: string): string[] =>
  path.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

/** A copy in which the value at a path is another; null takes it away. Everything above it must be there. */
const changed = (object: Fields, [part = '', ...rest]: string[], value: unknown): Fields => {
  const inner = Object.hasOwn(object, part) ? object[part] : undefined;
  if (rest.length > 0) {
    if (!isObject(inner)) throw setError('invalidPatch');
    return { ...object, [part]: changed(inner, rest, value) };
  }
  const others = Object.entries(object).filter(([name]) => name !== part);
  return Object.fromEntries(value === null ? others : [...others, [part, value]]);
};

/** An object as a PatchObject makes it, in which no path may lead through another (RFC 8620 section 5.3). */
export const applyPatch = (object: Fields, patch: Fields): Fields => {
  const paths = Object.keys(patch).map(pathParts);
  const known = new Set(paths.map((parts) => JSON.stringify(parts)));
  const nested = paths.some((parts) => parts.some((_, n) => n > 0 && known.has(JSON.stringify(parts.slice(0, n)))));
  if (nested) throw setError('invalidPatch');
  let result = object;
  for (const [path, value] of Object.entries(patch)) result = changed(result, pathParts(path), value);
  return result;
};
