import * as z from 'zod';
import type { ApiResponse } from './faults.ts';
import { methodError } from './methodError.ts';
import type { Fields } from './model.ts';

const referenceSchema = z.strictObject({ resultOf: z.string(), name: z.string(), path: z.string() });

const broken = (description: string) => methodError('invalidResultReference', { description });

/** The value at a JSON pointer (RFC 6901) in which `*` goes through an array (RFC 8620 section 3.7). */
const evaluatePointer = (value: unknown, tokens: readonly string[]): unknown => {
  const [token, ...rest] = tokens;
  if (token === undefined) return value;
  if (Array.isArray(value)) {
    if (token === '*') return value.flatMap((item: unknown) => evaluatePointer(item, rest));
    if (!/^(0|[1-9]\d*)$/.test(token) || Number(token) >= value.length) throw broken(`no item ${token}`);
    return evaluatePointer(value[Number(token)], rest);
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) throw broken(`nothing at ${token}`);
  return evaluatePointer(Object.entries(value).find(([name]) => name === token)?.[1], rest);
};

const pointerTokens = (path: string): string[] => {
  if (path === '') return [];
  if (!path.startsWith('/')) throw broken('the path is no JSON pointer');
  return path
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
};

const resolve = (value: unknown, earlier: ApiResponse['methodResponses']): unknown => {
  const reference = referenceSchema.safeParse(value);
  if (!reference.success) throw broken('not a ResultReference');
  const { resultOf, name, path } = reference.data;
  const response = earlier.find(([, , callId]) => callId === resultOf);
  if (!response) throw broken(`no response to ${resultOf}`);
  if (response[0] !== name) throw broken(`${resultOf} answered ${response[0]}`);
  return evaluatePointer(response[1], pointerTokens(path));
};

/** Arguments with every `#name` replaced by what it refers to in the responses so far (RFC 8620 section 3.7). */
export const resolveReferences = (args: Fields, earlier: ApiResponse['methodResponses']): Fields => {
  const resolved: [string, unknown][] = [];
  for (const [name, value] of Object.entries(args)) {
    if (!name.startsWith('#')) {
      resolved.push([name, value]);
      continue;
    }
    const plain = name.slice(1);
    if (Object.hasOwn(args, plain)) throw methodError('invalidArguments', { arguments: [plain] });
    resolved.push([plain, resolve(value, earlier)]);
  }
  return Object.fromEntries(resolved);
};
