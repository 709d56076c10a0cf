import type { Readable } from './actor.ts';

/** How the person's changes stand, by type and stage. */
export const endsOf = (raw: Readable, submitted: readonly string[]): Map<string, number> => {
  const rows = raw.read((db) =>
    db.all<{ type: string; stage: string; n: number }>(
      'SELECT type, stage, count(*) AS n FROM pending_changes GROUP BY type, stage',
    ),
  );
  const ends = new Map(rows.map(({ type, stage, n }) => [`${type} ${stage}`, n]));
  const kept = rows.reduce((sum, { n }) => sum + n, 0);
  return ends.set('taken back or dismissed', Math.max(0, new Set(submitted).size - kept));
};
