import type { CallNameOf, CallOutput, ParsedInput } from '../../src-shared/contract.ts';

/** Calls that the host answers, as functions over parsed input. */
export type HostCallsOf<N extends CallNameOf<'app'>> = {
  [Name in N]: (input: ParsedInput<Name>, signal: AbortSignal) => Promise<CallOutput<Name>>;
};
