import * as z from 'zod';

/** Who answers a call: the host itself, or one account's worker. */
export type Scope = 'app' | 'account';

/** What the contract says of one call. */
export type CallSpec = {
  scope: Scope;
  /** Also answers `account: null`, by asking every account and merging. */
  fanOut: boolean;
  /** False: the call is part of the contract, is not built yet, and answers `unsupported`. */
  built: boolean;
  about: string;
  input: z.ZodType;
  output: z.ZodType;
  /** What the host itself answers to `account: null`. */
  ofApp?: Half;
};

type Half = { about: string; input: z.ZodType; output: z.ZodType };
type Shape = Half & { ofApp?: Half };
/** A call that the host answers. */
export const app = <S extends Shape>(spec: S) => ({
  ...spec,
  scope: 'app' as const,
  fanOut: false,
  built: true,
});
/** A call that an account's worker answers. */
export const account = <S extends Shape>(spec: S) => ({
  ...spec,
  scope: 'account' as const,
  fanOut: false,
  built: true,
});
/** The same, that all accounts answer together, too. */
export const fanOut = <S extends Shape>(spec: S) => ({ ...spec, scope: 'account' as const, fanOut: true, built: true });
/** A call that is not built yet. */
export const planned = (scope: Scope, about: string, more: { fanOut?: boolean; input?: z.ZodType } = {}) => ({
  scope,
  about,
  fanOut: more.fanOut ?? false,
  built: false,
  input: more.input ?? z.unknown(),
  output: z.unknown(),
});
