import { type Argument, atom, uidSet } from './connection.ts';
import { type PushGroup, type PushJob, setsOf } from './pushJobs.ts';

/** Adds flags to messages of the open mailbox, or takes them away; what else they have stays. */
export const storeFlags = async (
  { connection }: PushGroup,
  jobs: readonly PushJob[],
  sign: '+FLAGS' | '-FLAGS',
  flags: readonly string[],
): Promise<void> => {
  const list: Argument = flags.map(atom);
  for (const set of setsOf(jobs)) await connection.run('UID STORE', [uidSet(set), atom(`${sign}.SILENT`), list]);
};

/**
 * Marks as \Deleted and expunges those UIDs alone (RFC 4315). Without UIDPLUS they stay, marked and hidden: a bare EXPUNGE
 * would take whatever else is marked. True where they are gone.
 */
export const remove = async (group: PushGroup, jobs: readonly PushJob[]): Promise<boolean> => {
  await storeFlags(group, jobs, '+FLAGS', ['\\Deleted']);
  if (!group.connection.has('UIDPLUS')) return false;
  for (const set of setsOf(jobs)) await group.connection.run('UID EXPUNGE', [uidSet(set)]);
  return true;
};
