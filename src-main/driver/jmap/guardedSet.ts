import { type JmapClient, type MethodAnswer, must } from './client.ts';
import { type Looked, lookAt, looked } from './emailLook.ts';
import { setSchema } from './setSchema.ts';

/** What became of a patch: the state that it led to, or why it was not done. */
type Patched = { state: string | null } | 'stale' | 'refused';

/** So often a patch is tried while others change the account; then it waits for another time. */
export const TRIES = 5;

/** Reads what an Email/set made of one email. */
export const patchedBy = (answer: MethodAnswer | undefined, email: string): Patched => {
  if (answer && 'error' in answer && answer.error.type === 'stateMismatch') return 'stale';
  const { updated, newState } = must(answer, setSchema, 'Email/set');
  return Object.hasOwn(updated, email) ? { state: newState ?? null } : 'refused';
};

/**
 * Looks at an email and, where it has to change, patches it in the very state that it was seen in. Answers what `patchOf` made
 * of it last: null where nothing had to change, else whether the patch was done.
 */
export const lookAndPatch = async (
  client: JmapClient,
  email: string,
  patchOf: (seen: Looked) => Record<string, true | null> | null,
  signal: AbortSignal,
): Promise<'gone' | 'right' | 'patched' | 'refused'> => {
  for (let tries = 0; tries < TRIES; tries++) {
    const [answer] = await client.call([lookAt(email)], signal);
    const seen = looked(answer);
    if (!seen) return 'gone';
    const patch = patchOf(seen);
    if (!patch) return 'right';
    const [set] = await client.call([['Email/set', { ifInState: seen.state, update: { [email]: patch } }]], signal);
    const patched = patchedBy(set, email);
    if (patched !== 'stale') return patched === 'refused' ? 'refused' : 'patched';
  }
  return 'refused';
};
